/** Which deliveries are being asked for right now, alone or several by one page, and how that is called off. */
import type { Entry } from '../core/entry.ts';

/** One errand for some deliveries. */
export interface Job {
  readonly abort: AbortController;
  readonly entries: Set<Entry>;
}

export class UnderWay {
  readonly #jobs = new Map<Entry, Job>();

  has(entry: Entry): boolean {
    return this.#jobs.has(entry);
  }

  begin(entries: Iterable<Entry>): Job {
    const job: Job = { abort: new AbortController(), entries: new Set(entries) };
    for (const entry of job.entries) this.#jobs.set(entry, job);
    return job;
  }

  /** The job is over. Those for whom it still matters: nobody of them was settled, forgotten or closed meanwhile. */
  end({ entries }: Job): Set<Entry> {
    for (const entry of entries) this.#jobs.delete(entry);
    return entries;
  }

  /** Nothing more is to be learnt of it: a job that is for nobody any more is called off. */
  drop(entry: Entry): void {
    const job = this.#jobs.get(entry);
    if (job === undefined) return;
    this.#jobs.delete(entry);
    job.entries.delete(entry);
    if (job.entries.size === 0) job.abort.abort();
  }

  close(reason: Error): void {
    for (const { abort, entries } of this.#jobs.values()) {
      entries.clear();
      abort.abort(reason);
    }
    this.#jobs.clear();
  }
}
