/**
 * Writes the records of one shard for its holder: one write an id at a time, the newest wanted value next, tried again until it is
 * done or the lease has ended. A record that is gone has its outcome already: another holder has told it.
 */
import { monotonicNow } from '../shared/time.ts';
import type { FleetRecords, StoredRecord } from './engine.ts';
import { FleetEngineError } from './errors.ts';
import { pause } from './wait.ts';

export interface RecordWriterPorts {
  readonly records: Pick<FleetRecords, 'update' | 'settle'>;
  readonly shard: number;
  /** Aborted when this process must not write any more. */
  readonly ended: AbortSignal;
  readonly onError: (error: Error) => void;
  /** The record is gone. */
  readonly onGone: (id: string) => void;
  readonly onSettled: (id: string) => void;
}

type Wanted =
  | { readonly kind: 'update'; readonly record: StoredRecord; readonly done: (exists: boolean) => void }
  | { readonly kind: 'settle'; readonly outcome: string };

/** Milliseconds before a failed write is tried again: at first, and at most. */
const RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

export class RecordWriter {
  readonly #ports: RecordWriterPorts;
  readonly #wanted = new Map<string, Wanted[]>();
  /** Since when writes fail, by the monotonic clock. */
  #failingSince: number | undefined;

  constructor(ports: RecordWriterPorts) {
    this.#ports = ports;
  }

  /** Writes that are not done. */
  get size(): number {
    return this.#wanted.size;
  }

  /** Resolves with whether there is a record, once it is written; with false where the lease has ended. */
  update(id: string, record: StoredRecord): Promise<boolean> {
    return new Promise((done) => this.#add(id, { kind: 'update', record, done }));
  }

  settle(id: string, outcome: string): void {
    this.#add(id, { kind: 'settle', outcome });
  }

  /** Resolves when all writes are done, or the lease has ended. */
  async flush(): Promise<void> {
    while (this.#wanted.size > 0 && !this.#ports.ended.aborted) await pause(1);
  }

  #add(id: string, wanted: Wanted): void {
    if (this.#ports.ended.aborted) {
      if (wanted.kind === 'update') wanted.done(false);
      return;
    }
    const before = this.#wanted.get(id);
    if (before !== undefined) return void before.push(wanted);
    this.#wanted.set(id, [wanted]);
    void this.#write(id);
  }

  async #write(id: string): Promise<void> {
    for (let queue = this.#wanted.get(id); queue !== undefined && queue.length > 0; queue = this.#wanted.get(id)) {
      const count = queue.length;
      const newest = queue[count - 1];
      if (newest === undefined) break;
      const exists = await this.#untilDone(id, newest);
      for (const wanted of queue.splice(0, count)) if (wanted.kind === 'update') wanted.done(exists === true);
      if (exists === undefined) break;
      if (!exists) {
        for (const wanted of queue) if (wanted.kind === 'update') wanted.done(false);
        this.#wanted.delete(id);
        return this.#ports.onGone(id);
      }
      if (newest.kind === 'settle') {
        this.#wanted.delete(id);
        return this.#ports.onSettled(id);
      }
    }
    this.#wanted.delete(id);
  }

  /** Whether there was a record; undefined where the lease has ended first. */
  async #untilDone(id: string, wanted: Wanted): Promise<boolean | undefined> {
    const { records, shard, ended, onError } = this.#ports;
    for (let delay = RETRY_MS; !ended.aborted; delay = Math.min(MAX_RETRY_MS, delay * 2)) {
      try {
        const exists = await (wanted.kind === 'update'
          ? records.update(shard, id, wanted.record)
          : records.settle(shard, id, wanted.outcome));
        this.#failingSince = undefined;
        return exists;
      } catch (error) {
        // One error for each outage.
        if (this.#failingSince === undefined) onError(new FleetEngineError(wanted.kind, error));
        this.#failingSince ??= monotonicNow();
        await pause(delay, ended);
      }
    }
    return undefined;
  }
}
