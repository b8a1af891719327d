/**
 * Deliveries by every name that they have: our id, the request token, Chime's MessageId. Several may share a name (one
 * token in two channels, a message and its edits); whoever asks says which one is meant.
 */
import type { Entry } from './entry.ts';
import type { Known } from './known.ts';

export class Names implements Iterable<Entry> {
  /** Nearly every name is one delivery's: an array is made for the others alone. */
  readonly #byName = new Map<string, Entry | Entry[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All deliveries of this name, in the order in which they got it. */
  all(name: string): readonly Entry[] {
    const found = this.#byName.get(name);
    if (found === undefined) return NONE;
    return Array.isArray(found) ? found : [found];
  }

  has(entry: Entry): boolean {
    const found = this.#byName.get(entry.known.id);
    return found === entry || (Array.isArray(found) && found.includes(entry));
  }

  add(entry: Entry): void {
    for (const name of namesOf(entry.known)) this.#put(name, entry);
    this.#size += 1;
  }

  /** It has got a MessageId since it was known as `before`. */
  rename(entry: Entry, before: Known): void {
    const known = namesOf(before);
    for (const name of namesOf(entry.known)) if (!known.includes(name)) this.#put(name, entry);
  }

  delete(entry: Entry): void {
    if (!this.has(entry)) return;
    for (const name of namesOf(entry.known)) this.#drop(name, entry);
    this.#size -= 1;
  }

  /** In the order in which tracking began. */
  *[Symbol.iterator](): Generator<Entry> {
    for (const [name, found] of this.#byName) {
      if (!Array.isArray(found)) {
        if (found.known.id === name) yield found;
        continue;
      }
      for (const entry of found) if (entry.known.id === name) yield entry;
    }
  }

  #put(name: string, entry: Entry): void {
    const found = this.#byName.get(name);
    if (found === undefined) this.#byName.set(name, entry);
    else if (Array.isArray(found)) found.push(entry);
    else this.#byName.set(name, [found, entry]);
  }

  #drop(name: string, entry: Entry): void {
    const rest = this.all(name).filter((each) => each !== entry);
    const [only] = rest;
    if (only === undefined) this.#byName.delete(name);
    else this.#byName.set(name, rest.length === 1 ? only : rest);
  }
}

const NONE: readonly Entry[] = [];

function namesOf({ id, token, messageId }: Known): readonly string[] {
  const names = [id];
  if (token !== undefined && token !== id) names.push(token);
  if (messageId !== undefined && messageId !== id && messageId !== token) names.push(messageId);
  return names;
}
