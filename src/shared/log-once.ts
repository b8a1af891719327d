/** Each key past this many counts as seen. */
const MAX_KEYS = 100;

/** Limits warnings that a broken sender may cause without end to one per key. */
export class LogOnce {
  readonly #seen = new Set<unknown>();

  /** Whether `key` is passed for the first time. */
  firstTime(key: unknown): boolean {
    if (this.#seen.has(key) || this.#seen.size >= MAX_KEYS) return false;
    this.#seen.add(key);
    return true;
  }
}
