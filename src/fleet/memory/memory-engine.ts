/**
 * The engine in the memory of one process: for tests, and for a program that does not need a second process yet. Several fleets
 * may share it, as if each were a process. It loses everything when the process ends.
 */
import type { FleetDescription, FleetEngine, FleetInspection } from '../engine.ts';
import { FleetConfigurationError } from '../errors.ts';
import { MemoryInbox } from './memory-inbox.ts';
import { MemoryLeases } from './memory-leases.ts';
import { MemoryOutcomes } from './memory-outcomes.ts';
import { MemoryPermits } from './memory-permits.ts';
import { MemoryRecords } from './memory-records.ts';

/** Creates an engine in memory. Give the same one to each fleet that is to share it. */
export function memoryEngine(): FleetEngine {
  return new MemoryEngine();
}

class MemoryEngine implements FleetEngine {
  readonly inbox = new MemoryInbox();
  readonly outcomes = new MemoryOutcomes();
  readonly records = new MemoryRecords(this.inbox, this.outcomes);
  readonly permits = new MemoryPermits();
  readonly leases = new MemoryLeases();
  #fleet: FleetDescription | undefined;

  open(fleet: FleetDescription): Promise<void> {
    const before = this.#fleet;
    if (before !== undefined && before.shards !== fleet.shards)
      return Promise.reject(
        new FleetConfigurationError(
          `The fleet has ${before.shards} shards, and \`shards\` is ${fleet.shards}: the number of shards cannot be changed.`,
        ),
      );
    this.#fleet = fleet;
    this.leases.configure(fleet);
    this.records.configure(fleet);
    return Promise.resolve();
  }

  now(): Promise<number> {
    return Promise.resolve(Date.now());
  }

  inspect(): Promise<FleetInspection> {
    const shards = Array.from({ length: this.#fleet?.shards ?? 0 }, (_, shard) => ({
      shard,
      ...this.leases.inspect(shard),
      pending: this.records.count(shard),
      inbox: this.inbox.count(shard),
    }));
    return Promise.resolve({ at: Date.now(), shards, groups: this.outcomes.inspect() });
  }

  /** It stays usable for the other fleets that share it. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
