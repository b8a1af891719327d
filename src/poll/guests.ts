/** Deliveries of other trackers that are looked at here: one entry for each message. */
import { Entry } from '../core/entry.ts';
import { identityKey, type MessageIdentity } from '../core/identity.ts';
import type { Known } from '../core/known.ts';

export class Guests {
  readonly #guests = new Map<string, Entry>();

  find(message: MessageIdentity): Entry | undefined {
    return this.#guests.get(identityKey(message));
  }

  has(entry: Entry): boolean {
    return this.find(entry.known) === entry;
  }

  /** The entry of a new guest; undefined where that message is looked at already. */
  add(known: Known): Entry | undefined {
    if (this.find(known) !== undefined) return undefined;
    const guest = new Entry(known);
    this.#guests.set(identityKey(known), guest);
    return guest;
  }

  delete({ known }: Entry): void {
    this.#guests.delete(identityKey(known));
  }

  all(): readonly Entry[] {
    return [...this.#guests.values()];
  }
}
