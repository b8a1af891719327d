/**
 * The port between a fleet and what its processes share: custody of shards, records, inboxes, outcomes and permits.
 * `memory-engine.ts` and `redis/` implement it; `chime-delivery/fleet/conformance` tests any implementation.
 *
 * Two fences keep each outcome single, whatever a process that was paused still does: `update` and `settle` have an effect only
 * while the record exists, and `settle` adds the outcome only if it has removed the record.
 */
import type { Priority } from '../core/ports/http.ts';

/** What all processes of a fleet must have in common. */
export interface FleetDescription {
  /** The number of shards; fixed for the life of a fleet. */
  readonly shards: number;
  /** How long a shard stays with a process that does not answer, in milliseconds. */
  readonly leaseMs: number;
  /** How long `records.get` still gives an outcome, in milliseconds. */
  readonly keepSettledMs: number;
}

export interface FleetEngine {
  /**
   * Called first, by each fleet that uses the engine. Rejects with `FleetConfigurationError` where the fleet cannot run: another
   * number of shards, a setting that would lose data, a server that is too old.
   */
  open(fleet: FleetDescription): Promise<void>;
  /** The engine's clock in milliseconds since the epoch: one for all processes, whose own clocks may differ by minutes. */
  now(): Promise<number>;
  readonly leases: FleetLeases;
  readonly records: FleetRecords;
  readonly inbox: FleetInbox;
  readonly outcomes: FleetOutcomes;
  readonly permits: FleetPermits;
  /** What is where now, for operators. */
  inspect(): Promise<FleetInspection>;
  /** Called last, once by each fleet that has opened it. */
  close(): Promise<void>;
}

/** Custody of shards. Live processes hold the same number of shards, give or take one. */
export interface FleetLeases {
  /** Competes for shards, until `stop`. */
  compete(holder: LeaseHolder): LeaseCompetition;
}

export interface LeaseHolder {
  /** The name of the process, unique among the living ones. */
  readonly name: string;
  /**
   * This process holds the shard until the promise resolves. It resolves soon after `lease.ended` aborts: the shard is wanted
   * elsewhere, or lost already.
   */
  onLease(lease: Lease): Promise<void>;
  /** Of a shard that it holds: the delivery that has waited for longest. The engine keeps it for `inspect`. */
  oldestOf(shard: number): OldestDelivery | undefined;
  onError(error: Error): void;
}

export interface Lease {
  readonly shard: number;
  readonly ended: AbortSignal;
}

export interface LeaseCompetition {
  /** Hands all shards back, and takes no more. */
  stop(): Promise<void>;
}

/** A record as an engine keeps it. */
export interface StoredRecord {
  /** ARNs, which many records share: an engine may keep each of them once. */
  readonly names: readonly string[];
  readonly text: string;
}

/** The records of deliveries without an outcome, by shard and id. */
export interface FleetRecords {
  /**
   * Adds a record, and the word `{ kind: 'new' }` to the inbox of its shard, at once. False, without an effect, where the id has
   * a record, or had one until less than `keepSettledMs` ago.
   */
  put(shard: number, id: string, record: StoredRecord): Promise<boolean>;
  /** Replaces a record. False, without an effect, where there is none. */
  update(shard: number, id: string, record: StoredRecord): Promise<boolean>;
  /** Replaces a record by its outcome. False, without an effect, where there is none. */
  settle(shard: number, id: string, outcome: string): Promise<boolean>;
  /** Neither is given where the id is not known, or its outcome is older than `keepSettledMs`. */
  get(shard: number, id: string): Promise<{ readonly record?: StoredRecord; readonly outcome?: string }>;
  /** All records of a shard, in batches, in any order. One that is put meanwhile may be missing: its word is in the inbox. */
  read(shard: number): AsyncIterable<readonly (readonly [id: string, record: StoredRecord])[]>;
  /** Keeps what the holder of a shard has learnt, in place of what was kept before. Optional: without it that is lost at a hand-over. */
  keepLearnt?(shard: number, text: string): Promise<void>;
  /** What was kept last. */
  learnt?(shard: number): Promise<string | undefined>;
}

/** A message to the holder of a shard. */
export type InboxWord =
  | { readonly kind: 'new'; readonly id: string; readonly record: StoredRecord }
  /** The record was changed by another process than the holder. */
  | { readonly kind: 'changed'; readonly id: string }
  | { readonly kind: 'pushed'; readonly event: string };

export interface InboxEntry {
  readonly position: string;
  readonly word: InboxWord;
}

export interface FleetInbox {
  /**
   * A holder calls it before it reads the records: from now on it reads the inbox. Returns its term. A holder of an earlier term, which
   * may not know that it has lost the shard, can no longer drop words that this one has not read.
   */
  claim(shard: number): Promise<number>;
  add(shard: number, word: Exclude<InboxWord, { kind: 'new' }>): Promise<void>;
  /**
   * The words after `after` ('' is the beginning), oldest first; waits for one. Resolves with an empty list once `signal` aborts,
   * or after some seconds. `missed`: read the records again; words after `after` were dropped, since there were too many, or the engine
   * was away (restarted, or replaced by a replica) and may have forgotten what it had confirmed shortly before.
   */
  read(
    shard: number,
    after: string,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly InboxEntry[]; readonly missed: boolean }>;
  /**
   * Drops the words up to `position` ('': none), which the holder has taken in. False, without an effect, in an earlier term than the
   * present one.
   */
  trim(shard: number, position: string, term: number): Promise<boolean>;
}

export interface OutcomeEntry {
  /** Identifies it within its group. */
  readonly key: string;
  readonly outcome: string;
  /** How often it was given to a consumer of the group, this time included. */
  readonly deliveries: number;
}

export interface DeadLetter {
  readonly key: string;
  readonly outcome: string;
  /** The message of the consumer's last error. */
  readonly error: string;
  /** When it was given up, by the engine's clock. */
  readonly at: number;
}

/** The outcomes, as each group of consumers gets them. */
export interface FleetOutcomes {
  /** Creates the group where it does not exist: it gets all outcomes that are still there. */
  join(group: string): Promise<void>;
  /**
   * Outcomes that no consumer of the group has, or whose consumer has not touched them for `visibilityMs`; waits for one. Resolves
   * with an empty list once `signal` aborts, or after some seconds.
   */
  take(
    group: string,
    consumer: string,
    options: { readonly count: number; readonly visibilityMs: number; readonly signal: AbortSignal },
  ): Promise<readonly OutcomeEntry[]>;
  /** The consumer still works on it. */
  touch(group: string, consumer: string, keys: readonly string[]): Promise<void>;
  /** The group has it. */
  done(group: string, keys: readonly string[]): Promise<void>;
  /** Gives it up: from now on it is a dead letter of the group. */
  bury(group: string, entry: OutcomeEntry, error: string): Promise<void>;
  dead(group: string, count: number): Promise<readonly DeadLetter[]>;
  /** Gives the dead letters to the group again. Returns how many there were. */
  replay(group: string, keys: readonly string[] | 'all'): Promise<number>;
}

export interface SharedRate {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** The budget of each bearer, one for all processes. */
export interface FleetPermits {
  /** Takes a permit: 0, or the milliseconds after which it may be tried again. A share of the budget is kept for sends. */
  take(chimeBearer: string, priority: Priority, rate: SharedRate): Promise<number>;
  /** Gives back a permit whose request did not leave. */
  refund(chimeBearer: string, rate: SharedRate): Promise<void>;
  /** The service has answered 429: no permit for this bearer for `ms`, and none saved. */
  pause(chimeBearer: string, ms: number): Promise<void>;
}

/** The delivery of a shard that has waited for longest, once that is more than 10 s. */
export interface OldestDelivery {
  readonly id: string;
  /** When it was handed over, by the engine's clock. */
  readonly trackedAt: number;
  /** Why it has no outcome yet, as a sentence. */
  readonly why: string;
}

export interface ShardInspection {
  readonly shard: number;
  /** The name of the process that holds it; undefined while none does. */
  readonly holder: string | undefined;
  /** For how long no process has held it, in milliseconds; 0 while one does. */
  readonly unownedMs: number;
  /** Deliveries without an outcome. */
  readonly pending: number;
  /** Words that the holder has not taken in. */
  readonly inbox: number;
  /** As its holder last said. */
  readonly oldest: OldestDelivery | undefined;
}

export interface GroupInspection {
  readonly group: string;
  /** Outcomes that the group has not confirmed. */
  readonly backlog: number;
  readonly deadLetters: number;
}

export interface FleetInspection {
  readonly at: number;
  readonly shards: readonly ShardInspection[];
  readonly groups: readonly GroupInspection[];
}
