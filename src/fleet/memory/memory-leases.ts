/**
 * Custody of shards, in memory. Each competitor renews its leases by a timer; each renewal also takes away what was not renewed
 * for `leaseMs`. A competitor that stood still learns that it has lost its leases when its own timer runs again.
 */
import type {
  FleetDescription,
  FleetLeases,
  Lease,
  LeaseCompetition,
  LeaseHolder,
  ShardInspection,
} from '../engine.ts';

interface Custody {
  readonly competitor: Competitor;
  readonly ended: AbortController;
  /** Resolves when the holder has let go of it. */
  over: Promise<void>;
}

interface Competitor {
  readonly holder: LeaseHolder;
  renewedAt: number;
  /** What it believes to hold. */
  readonly held: Map<number, Custody>;
  stopped: boolean;
}

/** Renewals in the time of one lease. */
const RENEWALS = 4;

export class MemoryLeases implements FleetLeases {
  #shards = 0;
  #leaseMs = 0;
  readonly #owners = new Map<number, Custody>();
  readonly #freeSince = new Map<number, number>();
  readonly #competitors = new Set<Competitor>();

  configure({ shards, leaseMs }: FleetDescription): void {
    this.#shards = shards;
    this.#leaseMs = leaseMs;
  }

  compete(holder: LeaseHolder): LeaseCompetition {
    const competitor: Competitor = { holder, renewedAt: Date.now(), held: new Map(), stopped: false };
    this.#competitors.add(competitor);
    const timer = setInterval(() => this.#renew(competitor), this.#leaseMs / RENEWALS);
    this.#balance();
    return {
      stop: async () => {
        competitor.stopped = true;
        for (const { ended } of competitor.held.values()) ended.abort();
        await Promise.all([...competitor.held.values()].map(({ over }) => over));
        clearInterval(timer);
        this.#competitors.delete(competitor);
        this.#balance();
      },
    };
  }

  inspect(shard: number): Pick<ShardInspection, 'holder' | 'unownedMs' | 'oldest'> {
    const holder = this.#owners.get(shard)?.competitor.holder;
    const since = this.#freeSince.get(shard) ?? Date.now();
    return {
      holder: holder?.name,
      unownedMs: holder === undefined ? Date.now() - since : 0,
      oldest: holder?.oldestOf(shard),
    };
  }

  #renew(competitor: Competitor): void {
    const now = Date.now();
    competitor.renewedAt = now;
    for (const [shard, custody] of competitor.held) if (this.#owners.get(shard) !== custody) custody.ended.abort();
    for (const other of this.#competitors) if (now - other.renewedAt > this.#leaseMs) this.#expire(other);
    this.#balance();
  }

  #expire({ held }: Competitor): void {
    for (const [shard, custody] of held) if (this.#owners.get(shard) === custody) this.#free(shard);
  }

  #free(shard: number): void {
    this.#owners.delete(shard);
    this.#freeSince.set(shard, Date.now());
  }

  /** Gives free shards to those that hold the fewest, and asks those that hold too many for some back. */
  #balance(): void {
    const now = Date.now();
    const living = [...this.#competitors].filter(
      ({ stopped, renewedAt }) => !stopped && now - renewedAt <= this.#leaseMs,
    );
    if (living.length === 0) return;
    const counts = new Map(living.map((each) => [each, 0]));
    for (const { competitor, ended } of this.#owners.values())
      if (!ended.signal.aborted) counts.set(competitor, (counts.get(competitor) ?? 0) + 1);
    const fewest = (): Competitor | undefined =>
      living.reduce((least, each) => ((counts.get(each) ?? 0) < (counts.get(least) ?? 0) ? each : least));
    for (let shard = 0; shard < this.#shards; shard += 1) {
      if (this.#owners.has(shard)) continue;
      const competitor = fewest();
      if (competitor === undefined) return;
      counts.set(competitor, (counts.get(competitor) ?? 0) + 1);
      this.#give(shard, competitor);
    }
    const most = Math.ceil(this.#shards / living.length);
    for (const competitor of living) {
      const surplus = (counts.get(competitor) ?? 0) - most;
      const own = [...competitor.held.values()].filter(({ ended }) => !ended.signal.aborted);
      for (const { ended } of own.slice(0, Math.max(0, surplus))) ended.abort();
    }
  }

  #give(shard: number, competitor: Competitor): void {
    const custody: Custody = { competitor, ended: new AbortController(), over: Promise.resolve() };
    this.#owners.set(shard, custody);
    this.#freeSince.delete(shard);
    const before = competitor.held.get(shard);
    competitor.held.set(shard, custody);
    before?.ended.abort();
    const lease: Lease = { shard, ended: custody.ended.signal };
    custody.over = Promise.resolve()
      .then(() => competitor.holder.onLease(lease))
      .catch((error: unknown) => competitor.holder.onError(error as Error))
      .then(() => {
        if (competitor.held.get(shard) === custody) competitor.held.delete(shard);
        if (this.#owners.get(shard) === custody) this.#free(shard);
        this.#balance();
      });
  }
}
