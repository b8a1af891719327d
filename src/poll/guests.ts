/** Deliveries of other trackers that are looked at here: one entry for each message, and one for each edit of one. */
import { Entry } from '../core/entry.ts';
import type { Known } from '../core/known.ts';

type Key = Pick<Known, 'messageId' | 'update'>;

export class Guests {
  readonly #guests = new Map<string, Entry>();

  /** The guest of this message, or of an edit of it. */
  find(key: Key): Entry | undefined {
    return this.#guests.get(keyOf(key));
  }

  has(entry: Entry): boolean {
    return this.find(entry.known) === entry;
  }

  /** The entry of a new guest; undefined where that message is looked at already. */
  add(known: Known): Entry | undefined {
    if (this.find(known) !== undefined) return undefined;
    const guest = new Entry(known);
    this.#guests.set(keyOf(known), guest);
    return guest;
  }

  delete({ known }: Entry): void {
    this.#guests.delete(keyOf(known));
  }

  all(): readonly Entry[] {
    return [...this.#guests.values()];
  }
}

function keyOf({ messageId = '', update }: Key): string {
  return update ? `edit of ${messageId}` : messageId;
}
