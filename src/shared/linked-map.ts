/**
 * A map in the order in which its keys were last set, the oldest first. The oldest is found in O(1): a new iterator of a
 * built-in Map or Set walks over the slots of all deleted keys, and an iterator that is kept keeps those slots in memory.
 */

interface Link<K, V> {
  readonly key: K;
  readonly value: V;
  older: Link<K, V> | undefined;
  newer: Link<K, V> | undefined;
}

export class LinkedMap<K, V> {
  readonly #links = new Map<K, Link<K, V>>();
  #oldest: Link<K, V> | undefined;
  #newest: Link<K, V> | undefined;

  get size(): number {
    return this.#links.size;
  }

  get oldest(): { readonly key: K; readonly value: V } | undefined {
    return this.#oldest;
  }

  get(key: K): V | undefined {
    return this.#links.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#links.has(key);
  }

  /** Sets a key, which becomes the newest, even if it was set before. */
  set(key: K, value: V): void {
    this.delete(key);
    this.add(key, value);
  }

  /** Sets a new key; does nothing for a key that is set. */
  add(key: K, value: V): void {
    if (this.#links.has(key)) return;
    const link: Link<K, V> = { key, value, older: this.#newest, newer: undefined };
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
    this.#links.set(key, link);
  }

  delete(key: K): boolean {
    const link = this.#links.get(key);
    if (link === undefined) return false;
    const { older, newer } = link;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    return this.#links.delete(key);
  }

  /** Deletes the oldest keys beyond `max`. */
  keepNewest(max: number): void {
    while (this.#oldest !== undefined && this.size > max) this.delete(this.#oldest.key);
  }

  /** The oldest first. Keys that are deleted meanwhile are skipped; keys that are set meanwhile are included. */
  *[Symbol.iterator](): Generator<{ readonly key: K; readonly value: V }> {
    for (let at: Link<K, V> | undefined; ; yield at) {
      // A deleted link still points to the one before it.
      while (at !== undefined && this.#links.get(at.key) !== at) at = at.older;
      at = at === undefined ? this.#oldest : at.newer;
      if (at === undefined) return;
    }
  }
}
