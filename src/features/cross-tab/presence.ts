/**
 * What this tab has pending, told to the others as it changes; and the lock that it holds meanwhile, so that they know of its
 * end. While it has nothing pending it holds nothing, and a browser may freeze it. The whole list is long, and told rarely:
 * to a leader that does not know it, and, within some seconds, to all tabs that have come since it was told last.
 */
import type { Transition } from '../../core/delivery-registry.ts';
import { isTerminal } from '../../core/status.ts';
import { impliedToken } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import { monotonicNow, wallTimeOf } from '../../shared/time.ts';
import type { Locks } from './environment.ts';
import { chunksOf } from './list-encoding.ts';
import type { PeerDelivery, TabMessage } from './protocol.ts';

export interface PresencePorts {
  readonly locks: Locks;
  /** The name of the lock. */
  readonly lock: string;
  readonly post: (message: TabMessage) => void;
  /** The lock cannot be had, or other code has taken it: the others would take this tab for ended. */
  readonly onFailure: (error: unknown) => void;
}

/** What a list costs before the next one, in milliseconds: for each delivery, at least, and at most. */
const LIST_GAP_MS = { each: 5, min: 50, max: 20_000 };

export class Presence {
  readonly #ports: PresencePorts;
  readonly #pending: ReadonlyMap<string, DeliveryRecord>;
  readonly #changed = new Set<string>();
  /** How often this tab has told of what it has. */
  #n = 0;
  /** Not before this, by the monotonic clock, is the list told again to tabs that have just come. */
  #listAgainAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The request that counts. */
  #request: symbol | undefined;
  #release: (() => void) | undefined;

  /** @param pending what this tab has pending, by id: it is kept up to date elsewhere */
  constructor(pending: ReadonlyMap<string, DeliveryRecord>, ports: PresencePorts) {
    this.#ports = ports;
    this.#pending = pending;
    if (pending.size > 0) this.#acquireLock();
  }

  /** What is pending of this id has changed. */
  onChange(id: string): void {
    this.#changed.add(id);
    if (this.#request === undefined) this.#acquireLock();
    if (this.#changed.size === 1) void Promise.resolve().then(() => this.#flush());
  }

  /** A tab has just come. */
  introduce(): void {
    if (this.#release === undefined) return;
    const waitMs = this.#listAgainAt - monotonicNow();
    if (waitMs <= 0) return this.tellAll();
    // It knows by this that there is more to be told.
    this.#post([], []);
    this.#timer ??= setTimeout(() => this.tellAll(), waitMs);
  }

  /** Tells of everything. */
  tellAll(): void {
    if (this.#release === undefined) return;
    const { each, min, max } = LIST_GAP_MS;
    this.#listAgainAt = monotonicNow() + Math.min(max, Math.max(min, each * this.#pending.size));
    this.#list([...this.#pending.values()].map(toPeerDelivery));
  }

  /** Hands over everything, with these sends: the others have not been told yet of what has just come. */
  handOver(sends: readonly Pick<PeerDelivery, 'id' | 'input' | 'knownUnsent'>[]): void {
    if (this.#pending.size === 0) return;
    const whole = new Map(sends.map((each) => [each.id, each]));
    this.#list([...this.#pending.values()].map((record) => ({ ...toPeerDelivery(record), ...whole.get(record.id) })));
  }

  /** Takes back what was told: this tab lives on, and keeps it. */
  withdraw(): void {
    if (this.#n > 0) this.#list([]);
  }

  /** Lets go of the lock: the leader takes over what was told. */
  close(): void {
    clearTimeout(this.#timer);
    this.#request = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #acquireLock(): void {
    const { locks, lock } = this.#ports;
    const request = Symbol('request');
    this.#request = request;
    const hold = (): Promise<void> | undefined => {
      if (this.#request !== request) return undefined;
      const end = new Promise<void>((resolve) => (this.#release = resolve));
      this.#list([...this.#pending.values()].map(toPeerDelivery));
      return end;
    };
    // Not told before the lock is held, or this tab would seem to have ended. Taken: a tab that waited for it to be free may
    // have it, and hang.
    locks.request(lock, { steal: true }, hold).catch((error: unknown) => {
      if (this.#request === request) this.#ports.onFailure(error);
    });
  }

  #list(deliveries: PeerDelivery[]): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.clear();
    // Those of one channel together: each then takes fewer bytes.
    const parts = chunksOf(
      deliveries.sort((a, b) => (a.channelArn < b.channelArn ? -1 : Number(a.channelArn > b.channelArn))),
    );
    for (const [i, part] of parts.entries()) this.#post(part, [], { all: i === 0, left: parts.length - 1 - i });
  }

  #post(deliveries: readonly PeerDelivery[], ended: readonly string[], { all, left } = { all: false, left: 0 }): void {
    this.#n += 1;
    this.#ports.post({ kind: 'deliveries', n: this.#n, all, remaining: left, deliveries, ended });
  }

  #flush(): void {
    const news = [...this.#changed];
    this.#changed.clear();
    const deliveries = news.flatMap((id) => this.#pending.get(id) ?? []).map(toPeerDelivery);
    const ended = news.filter((id) => !this.#pending.has(id));
    if (this.#pending.size === 0) {
      // Also for a tab that does not know the rest of the list.
      if (this.#release !== undefined) this.#list([]);
      this.close();
    } else if (this.#release !== undefined && news.length > 0) {
      const parts = chunksOf(deliveries);
      for (const [i, part] of parts.entries()) this.#post(part, i === 0 ? ended : []);
    }
  }
}

/** Keeps `pending` as `change` leaves it. Says whether that is any news. */
export function trackPending(pending: Map<string, DeliveryRecord>, { before, after }: Transition): boolean {
  if (isTerminal(after.status)) return pending.delete(after.id);
  if (before !== undefined && before.messageId === after.messageId) return false;
  pending.set(after.id, after);
  return true;
}

export function toPeerDelivery(record: DeliveryRecord): PeerDelivery {
  const { id, token, channelArn, chimeBearer, messageId, subChannelId, missingMeansDenied, isEdit, contentDigest } =
    record;
  return {
    id,
    token: token === impliedToken(record) ? undefined : token,
    channelArn,
    chimeBearer,
    messageId,
    subChannelId,
    missingMeansDenied,
    isEdit,
    contentDigest: isEdit ? contentDigest : undefined,
    seen: record.seen,
    trackedAt: wallTimeOf(record.trackedAt),
    sentAt: wallTimeOf(record.sentAt),
    missingCount: record.missingCount,
    input: undefined,
    knownUnsent: false,
  };
}
