/** Says each thing once: for warnings about what a broken sender may repeat for ever. Bounded; beyond that it is silent. */
const MAX_KEYS = 100;

export class LogOnce {
  readonly #seen = new Set<unknown>();

  /** Whether this is the first time. */
  firstTime(thing: unknown): boolean {
    if (this.#seen.has(thing) || this.#seen.size >= MAX_KEYS) return false;
    this.#seen.add(thing);
    return true;
  }
}
