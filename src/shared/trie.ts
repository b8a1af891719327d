/**
 * A persistent sparse array. `freeze` returns the current content in O(1); a later change copies only the nodes on its path, so
 * that frozen content never changes and shares all other nodes.
 */

export const WIDTH = 32;

/** Nodes, or values in the last level; a slot without a value may be a hole. */
export type Slots = readonly unknown[];

export interface Frozen {
  readonly root: Slots;
  /** How many keys each slot of the root covers: 1 if its slots are the values. */
  readonly span: number;
}

interface Node extends Array<unknown> {
  /** A node of the current batch is not part of frozen content, and may be changed in place. */
  batch?: object;
}

export class Trie implements Frozen {
  root: Node = [];
  span = 1;
  #batch = {};

  /** Sets the value of `key`; `undefined` removes it. */
  set(key: number, value: unknown): void {
    while (key >= this.span * WIDTH) {
      this.root = this.root.length === 0 ? [] : [this.root];
      this.span *= WIDTH;
    }
    this.root = this.#with(this.root, this.span, key, value) ?? [];
  }

  freeze(): Frozen {
    this.#batch = {};
    return { root: this.root, span: this.span };
  }

  #with(node: Node, span: number, key: number, value: unknown): Node | undefined {
    const own: Node = node.batch === this.#batch ? node : node.slice();
    own.batch = this.#batch;
    const index = Math.floor(key / span) % WIDTH;
    own[index] = span === 1 ? value : this.#with((own[index] ?? []) as Node, span / WIDTH, key, value);
    // An empty node is dropped: keys only grow, and would leave empty nodes behind.
    return own[index] === undefined && own.every((slot) => slot === undefined) ? undefined : own;
  }
}

export function valueAt({ root, span }: Frozen, key: number): unknown {
  if (key >= span * WIDTH) return undefined;
  let slot: unknown = root;
  for (let each = span; each >= 1 && slot !== undefined; each /= WIDTH) {
    slot = (slot as Slots)[Math.floor(key / each) % WIDTH];
  }
  return slot;
}

/** The last level, in order. */
export function leavesOf({ root, span }: Frozen): readonly Slots[] {
  let level: readonly Slots[] = [root];
  for (let each = span; each > 1; each /= WIDTH) {
    level = level.flatMap((slots) => slots.filter((slot) => slot !== undefined) as Slots[]);
  }
  return level;
}
