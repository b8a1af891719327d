/** Copies of an event about an edit: each event counts once, or its second copy would be taken for the next edit's. */
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_EVENTS = 1_000;
/** The copies of one event come within this. Afterwards it may be the same content once more, denied once more. */
const COPIES_MS = 5_000;

export class EditEventDeduplicator {
  /** When each digest was first heard, oldest first. */
  readonly #receivedAt = new LinkedMap<number, number>();

  /** Whether this is no copy of an event that was heard just before. */
  isFirst(digest: number, now: number): boolean {
    const heardAt = this.#receivedAt.get(digest);
    if (heardAt !== undefined && now - heardAt < COPIES_MS) return false;
    this.#receivedAt.set(digest, now);
    this.#receivedAt.keepNewest(MAX_EVENTS);
    return true;
  }
}
