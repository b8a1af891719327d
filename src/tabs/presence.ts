/**
 * What this tab has pending, told to the others as it changes; and the lock that it holds meanwhile, so that they know of its
 * end. While it has nothing pending it holds nothing, and a browser may freeze it.
 */
import type { Change } from '../core/ledger.ts';
import { isTerminal } from '../core/message.ts';
import type { Known } from '../core/known.ts';
import { wallTimeOf } from '../core/time.ts';
import type { Locks } from './environment.ts';
import type { Facts, Message } from './message.ts';

export interface PresencePorts {
  readonly locks: Locks;
  /** The name of the lock. */
  readonly lock: string;
  readonly post: (message: Message) => void;
}

export class Presence {
  readonly #ports: PresencePorts;
  readonly #pending: ReadonlyMap<string, Known>;
  readonly #news = new Set<string>();
  /** The request that counts. */
  #request: symbol | undefined;
  #release: (() => void) | undefined;

  /** @param pending what this tab has pending, by id: it is kept up to date elsewhere */
  constructor(pending: ReadonlyMap<string, Known>, ports: PresencePorts) {
    this.#ports = ports;
    this.#pending = pending;
    if (pending.size > 0) this.#hold();
  }

  /** What is pending of this id has changed. */
  tell(id: string): void {
    this.#news.add(id);
    if (this.#request === undefined) this.#hold();
    if (this.#news.size === 1) void Promise.resolve().then(() => this.#flush());
  }

  /** Tells of everything. */
  tellAll(): void {
    if (this.#release === undefined) return;
    this.#news.clear();
    this.#ports.post({ kind: 'have', all: true, facts: [...this.#pending.values()].map(factsOf), ended: [] });
  }

  /** Lets go of the lock: whoever leads takes over what was told. */
  close(): void {
    this.#request = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #hold(): void {
    const { locks, lock } = this.#ports;
    const request = Symbol('request');
    this.#request = request;
    const held = (): Promise<void> | undefined => {
      if (this.#request !== request) return undefined;
      const end = new Promise<void>((resolve) => (this.#release = resolve));
      this.tellAll();
      return end;
    };
    // Not told before the lock is held, or this tab would seem to have ended. Taken: whoever waited for it to be free may
    // have it, and hang. Rejected: locks do not work.
    locks.request(lock, { steal: true }, held).catch(() => undefined);
  }

  #flush(): void {
    const news = [...this.#news];
    this.#news.clear();
    const facts = news.flatMap((id) => this.#pending.get(id) ?? []).map(factsOf);
    const ended = news.filter((id) => !this.#pending.has(id));
    if (this.#release !== undefined && news.length > 0) this.#ports.post({ kind: 'have', all: false, facts, ended });
    if (this.#pending.size === 0) this.close();
  }
}

/** Keeps `pending` as `change` leaves it. Says whether that is any news. */
export function followPending(pending: Map<string, Known>, { before, after }: Change): boolean {
  if (isTerminal(after.status)) return pending.delete(after.id);
  if (before !== undefined && before.messageId === after.messageId) return false;
  pending.set(after.id, after);
  return true;
}

export function factsOf(known: Known): Facts {
  const { id, token, channelArn, chimeBearer, messageId, subChannelId, provable, update, contentDigest } = known;
  return {
    id,
    token,
    channelArn,
    chimeBearer,
    messageId,
    subChannelId,
    provable,
    update,
    contentDigest,
    seen: known.seen,
    trackedAt: wallTimeOf(known.trackedAt),
    sentAt: wallTimeOf(known.sentAt),
    misses: known.misses,
    input: undefined,
    held: false,
  };
}
