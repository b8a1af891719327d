/**
 * Custody of shards by BullMQ: one job a shard, which is never finished. The process that has the lock of the job holds the shard; the lock of a
 * process that does not answer runs out, and BullMQ gives the job to another. Each process takes as many as its share: jobs are fetched
 * by hand, since a worker of BullMQ would take all that its concurrency allows.
 */
import { Queue, Worker, type Job } from 'bullmq';
import { newId } from '../../shared/new-id.ts';
import { monotonicNow } from '../../shared/time.ts';
import type { FleetDescription, FleetLeases, LeaseCompetition, LeaseHolder, OldestDelivery } from '../engine.ts';
import { FleetEngineError } from '../errors.ts';
import { onceUntil } from '../once-until.ts';
import { pause } from '../wait.ts';
import type { RedisClient } from './client.ts';
import type { Keys } from './keys.ts';
import { shareOf } from './share.ts';

/** Signs of life in the time of one lease. */
const BEATS = 5;
/** How often BullMQ looks for locks that have run out, in milliseconds. */
const STALLED_INTERVAL_MS = 500;
/** Shards that are fetched at once. */
const FETCHES = 16;
const QUEUE = 'shards';

interface Custody {
  readonly job: Job;
  readonly token: string;
  readonly ended: AbortController;
  over: Promise<void>;
  /** When the lock was last known to be held, by the monotonic clock. */
  renewedAt: number;
}

export class RedisLeases implements FleetLeases {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  #fleet: FleetDescription = { shards: 0, leaseMs: 0, keepSettledMs: 0 };

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
  }

  configure(fleet: FleetDescription): void {
    this.#fleet = fleet;
  }

  compete(holder: LeaseHolder): LeaseCompetition {
    return new RedisCompetition(this.#client, this.#keys, this.#fleet, holder);
  }
}

class RedisCompetition implements LeaseCompetition {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly #fleet: FleetDescription;
  readonly #holder: LeaseHolder;
  readonly #held = new Map<number, Custody>();
  readonly #stopping = new AbortController();
  readonly #report: (error: Error | undefined) => void;
  readonly #loop: Promise<void>;

  constructor(client: RedisClient, keys: Keys, fleet: FleetDescription, holder: LeaseHolder) {
    this.#client = client;
    this.#keys = keys;
    this.#fleet = fleet;
    this.#holder = holder;
    this.#report = onceUntil((error) => holder.onError(error));
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { leaseMs } = this.#fleet;
    const { signal } = this.#stopping;
    const options = { prefix: `${this.#keys.prefix}:jobs`, skipVersionCheck: true };
    // No command of BullMQ may fail because Redis was away for a moment.
    const connect = (): { connection: ReturnType<RedisClient['connect']> } => ({
      connection: this.#client.connect({ maxRetriesPerRequest: null }),
    });
    const queue = new Queue(QUEUE, { ...options, ...connect() });
    const worker = new Worker(QUEUE, null, {
      ...options,
      ...connect(),
      autorun: false,
      lockDuration: leaseMs,
      stalledInterval: STALLED_INTERVAL_MS,
      // A shard is never given up, however often its holders die.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    queue.on('error', this.#onError);
    worker.on('error', this.#onError);
    let isPrepared = false;
    while (!signal.aborted) {
      try {
        if (!isPrepared) await this.#createJobs(queue);
        if (!isPrepared) void worker.startStalledCheckTimer().catch(this.#onError);
        isPrepared = true;
        await this.#beat(worker);
        this.#report(undefined);
      } catch (error) {
        this.#onError(error);
      }
      await pause(leaseMs / BEATS, signal);
    }
    for (const { ended } of this.#held.values()) ended.abort();
    await Promise.all([...this.#held.values()].map(({ over }) => over));
    await this.#client.commands.zrem(this.#keys.workers, this.#holder.name).catch(this.#onError);
    await Promise.allSettled([worker.close(true), queue.close()]);
  }

  readonly #onError = (error: unknown): void => this.#report(new FleetEngineError('hold shards', error));

  async #createJobs(queue: Queue): Promise<void> {
    const jobs = Array.from({ length: this.#fleet.shards }, (_, shard) => ({
      name: 'shard',
      data: { shard },
      // A job that exists already stays as it is.
      opts: { jobId: `shard-${shard}` },
    }));
    await queue.addBulk(jobs);
  }

  async #beat(worker: Worker): Promise<void> {
    const { shards, leaseMs } = this.#fleet;
    const { workers, held, holders, oldest } = this.#keys;
    await Promise.all([...this.#held].map(([shard, custody]) => this.#renew(shard, custody)));
    const name = this.#holder.name;
    const living = (await this.#client.run(
      'fleetBeat',
      workers,
      held,
      holders,
      oldest,
      name,
      leaseMs,
      ...[...this.#held.keys()].flatMap((shard) => [shard, toText(this.#holder.oldestOf(shard))]),
    )) as string[];
    const share = shareOf(name, living, shards);
    const keeping = [...this.#held.values()].filter(({ ended }) => !ended.signal.aborted);
    for (const { ended } of keeping.slice(share)) ended.abort();
    const wanted = share - keeping.length;
    if (wanted > 0) await this.#fetch(worker, wanted);
  }

  async #renew(shard: number, custody: Custody): Promise<void> {
    const { leaseMs } = this.#fleet;
    const before = monotonicNow();
    const isHeld = await custody.job.extendLock(custody.token, leaseMs).then(
      (extended) => extended > 0,
      (error: unknown) => {
        // An error of the connection proves nothing before the lease has run out.
        if (monotonicNow() - custody.renewedAt < leaseMs) return undefined;
        this.#onError(error);
        return false;
      },
    );
    if (isHeld === true) custody.renewedAt = before;
    else if (isHeld === false) {
      custody.ended.abort();
      if (this.#held.get(shard) === custody) this.#held.delete(shard);
    }
  }

  async #fetch(worker: Worker, wanted: number): Promise<void> {
    for (let left = wanted; left > 0 && !this.#stopping.signal.aborted; left -= FETCHES) {
      const jobs = await Promise.all(Array.from({ length: Math.min(left, FETCHES) }, () => this.#fetchOne(worker)));
      // No shard is free.
      if (jobs.includes(false)) return;
    }
  }

  async #fetchOne(worker: Worker): Promise<boolean> {
    const token = newId();
    const job = await worker.getNextJob(token, { block: false });
    if (job === undefined) return false;
    const { shard } = job.data as { shard: number };
    const custody: Custody = {
      job,
      token,
      ended: new AbortController(),
      over: Promise.resolve(),
      renewedAt: monotonicNow(),
    };
    this.#held.get(shard)?.ended.abort();
    this.#held.set(shard, custody);
    custody.over = this.#hold(shard, custody);
    return true;
  }

  async #hold(shard: number, custody: Custody): Promise<void> {
    try {
      await this.#holder.onLease({ shard, ended: custody.ended.signal });
    } catch (error) {
      this.#holder.onError(error as Error);
    }
    // Where the lease is lost, the job is not this process's any more.
    if (this.#held.get(shard) !== custody) return;
    this.#held.delete(shard);
    try {
      await custody.job.moveToWait(custody.token);
    } catch {
      // The lock has run out, or Redis is away: then it runs out.
    }
  }
}

function toText(oldest: OldestDelivery | undefined): string {
  return oldest === undefined ? '' : JSON.stringify(oldest);
}
