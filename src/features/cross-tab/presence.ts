/**
 * Announces the pending deliveries of this tab to the others as they change, and holds a lock meanwhile, so that the others
 * notice its end. Without pending deliveries it holds no lock, and a browser may freeze the tab. The whole list is long, and
 * sent rarely: to a leader that does not know it, and, within some seconds, to all tabs that have joined since it was last sent.
 */
import type { Transition } from '../../core/delivery-registry.ts';
import { NO_DETAILS } from '../../core/delivery-details.ts';
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
  /** The lock cannot be acquired, or other code has stolen it: the others would believe that this tab has ended. */
  readonly onFailure: (error: unknown) => void;
}

/** The gap after a list before the next one, in milliseconds: for each delivery, at least, and at most. */
const LIST_GAP_MS = { each: 5, min: 50, max: 20_000 };

export class Presence {
  readonly #ports: PresencePorts;
  readonly #pending: ReadonlyMap<string, DeliveryRecord>;
  readonly #changed = new Set<string>();
  /** The number of its messages about its deliveries. */
  #n = 0;
  /** The earliest time, by the monotonic clock, to send the list again for tabs that have just joined. */
  #listAgainAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The current request for the lock. */
  #request: symbol | undefined;
  #release: (() => void) | undefined;

  /** @param pending the pending deliveries of this tab by id; the caller keeps the map up to date */
  constructor(pending: ReadonlyMap<string, DeliveryRecord>, ports: PresencePorts) {
    this.#ports = ports;
    this.#pending = pending;
    if (pending.size > 0) this.#acquireLock();
  }

  /** The delivery with this id was added to the pending ones, changed, or removed. */
  onChange(id: string): void {
    this.#changed.add(id);
    if (this.#request === undefined) this.#acquireLock();
    if (this.#changed.size === 1) void Promise.resolve().then(() => this.#flush());
  }

  /** A tab has just joined: announces the list, now or soon. */
  introduce(): void {
    if (this.#release === undefined) return;
    const waitMs = this.#listAgainAt - monotonicNow();
    if (waitMs <= 0) return this.announceAll();
    // Without the list, this message tells the tab that its knowledge is incomplete.
    this.#post([], []);
    this.#timer ??= setTimeout(() => this.announceAll(), waitMs);
  }

  /** Announces all pending deliveries. */
  announceAll(): void {
    if (this.#release === undefined) return;
    const { each, min, max } = LIST_GAP_MS;
    this.#listAgainAt = monotonicNow() + Math.min(max, Math.max(min, each * this.#pending.size));
    this.#list([...this.#pending.values()].map(toPeerDelivery));
  }

  /** Hands over all pending deliveries, with the inputs of these sends; the latest may not have been announced yet. */
  handOver(sends: readonly Pick<PeerDelivery, 'id' | 'input' | 'knownUnsent'>[]): void {
    if (this.#pending.size === 0) return;
    const byId = new Map(sends.map((each) => [each.id, each]));
    this.#list(
      [...this.#pending.values()].map((record) => ({
        ...toPeerDelivery(record),
        ...byId.get(record.id),
        details: record.details,
      })),
    );
  }

  /** Withdraws all announced deliveries: this tab continues alone, and keeps them. */
  withdraw(): void {
    if (this.#n > 0) this.#list([]);
  }

  /** Releases the lock: the leader takes over the announced deliveries. */
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
    const onGranted = (): Promise<void> | undefined => {
      if (this.#request !== request) return undefined;
      const end = new Promise<void>((resolve) => (this.#release = resolve));
      this.#list([...this.#pending.values()].map(toPeerDelivery));
      return end;
    };
    // Announce only while holding the lock, or peers would think this tab is gone. Use `steal`: a hung peer may be holding it.
    locks.request(lock, { steal: true }, onGranted).catch((error: unknown) => {
      if (this.#request === request) this.#ports.onFailure(error);
    });
  }

  #list(deliveries: PeerDelivery[]): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.clear();
    // Sorted by channel: the encoding then takes fewer bytes.
    const parts = chunksOf(
      deliveries.sort((a, b) => (a.channelArn < b.channelArn ? -1 : Number(a.channelArn > b.channelArn))),
    );
    for (const [i, part] of parts.entries()) this.#post(part, [], { all: i === 0, remaining: parts.length - 1 - i });
  }

  #post(
    deliveries: readonly PeerDelivery[],
    ended: readonly string[],
    { all, remaining } = { all: false, remaining: 0 },
  ): void {
    this.#n += 1;
    this.#ports.post({ kind: 'deliveries', n: this.#n, all, remaining, deliveries, ended });
  }

  #flush(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    const deliveries = changed.flatMap((id) => this.#pending.get(id) ?? []).map(toPeerDelivery);
    const ended = changed.filter((id) => !this.#pending.has(id));
    if (this.#pending.size === 0) {
      // An empty list, rather than a change: it is also valid for a tab that does not know the rest of the list.
      if (this.#release !== undefined) this.#list([]);
      this.close();
    } else if (this.#release !== undefined && changed.length > 0) {
      const parts = chunksOf(deliveries);
      for (const [i, part] of parts.entries()) this.#post(part, i === 0 ? ended : []);
    }
  }
}

/** Updates `pending` by a transition. Returns whether there is a change to announce. */
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
    details: NO_DETAILS,
  };
}
