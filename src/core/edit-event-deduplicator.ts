/** Drops copies of an event about an edit: a second copy would count as the event of the next edit. */
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_EVENTS = 1_000;
/** The copies of one event come within this time. A later one may be another edit with the same content and status. */
const COPIES_MS = 5_000;

export class EditEventDeduplicator {
  /** When each digest first came, oldest first. */
  readonly #receivedAt = new LinkedMap<number, number>();

  /** Whether this is the first copy of an event. */
  isFirst(digest: number, now: number): boolean {
    const receivedAt = this.#receivedAt.get(digest);
    if (receivedAt !== undefined && now - receivedAt < COPIES_MS) return false;
    this.#receivedAt.set(digest, now);
    this.#receivedAt.keepNewest(MAX_EVENTS);
    return true;
  }
}
