/** Says each thing once: for warnings about what a broken sender may repeat for ever. Bounded; beyond that it is silent. */
const MAX_THINGS = 100;

export class OnceEach {
  readonly #said = new Set<unknown>();

  /** Whether this is the first time. */
  isNew(thing: unknown): boolean {
    if (this.#said.has(thing) || this.#said.size >= MAX_THINGS) return false;
    this.#said.add(thing);
    return true;
  }
}
