/** The inboxes of the shards, in memory. */
import type { FleetInbox, InboxEntry, InboxWord } from '../engine.ts';
import { Waiters } from './waiters.ts';

/** Words that wait in one inbox; the oldest are dropped first. */
const MAX_WORDS = 10_000;
/** Words that one read returns. */
const MAX_READ = 500;

interface Box {
  readonly entries: InboxEntry[];
  /** Positions up to this one were dropped without having been trimmed by the holder. */
  droppedTo: number;
  last: number;
  term: number;
}

export class MemoryInbox implements FleetInbox {
  readonly #boxes = new Map<number, Box>();
  readonly #waiters = new Waiters();

  add(shard: number, word: Exclude<InboxWord, { kind: 'new' }>): Promise<void> {
    this.push(shard, word);
    return Promise.resolve();
  }

  push(shard: number, word: InboxWord): void {
    const box = this.#box(shard);
    box.last += 1;
    box.entries.push({ position: String(box.last), word });
    if (box.entries.length > MAX_WORDS) box.droppedTo = Number(box.entries.shift()?.position);
    this.#waiters.wake();
  }

  async read(
    shard: number,
    after: string,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly InboxEntry[]; readonly missed: boolean }> {
    const box = this.#box(shard);
    const from = Number(after);
    const next = (): InboxEntry[] => box.entries.filter(({ position }) => Number(position) > from).slice(0, MAX_READ);
    if (next().length === 0) await this.#waiters.wait(signal);
    return signal.aborted ? { entries: [], missed: false } : { entries: next(), missed: box.droppedTo > from };
  }

  claim(shard: number): Promise<number> {
    const box = this.#box(shard);
    box.term += 1;
    return Promise.resolve(box.term);
  }

  trim(shard: number, position: string, term: number): Promise<boolean> {
    const { entries, term: present } = this.#box(shard);
    if (term < present) return Promise.resolve(false);
    while (entries[0] !== undefined && Number(entries[0].position) <= Number(position)) entries.shift();
    return Promise.resolve(true);
  }

  count(shard: number): number {
    return this.#box(shard).entries.length;
  }

  #box(shard: number): Box {
    let box = this.#boxes.get(shard);
    if (box === undefined) this.#boxes.set(shard, (box = { entries: [], droppedTo: 0, last: 0, term: 0 }));
    return box;
  }
}
