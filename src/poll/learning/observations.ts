/** The latest observations of one channel, each an interval between two edges of age; the oldest makes room. */
import { edgeAfter, edgeBefore } from './age-bins.ts';

const CAPACITY = 200;

export interface Interval {
  /** The last edge at which it was seen pending. */
  readonly after: number;
  /** The first edge by which it was done; later than `after`. */
  readonly by: number;
}

export class Observations {
  /** `after` and `by` of the latest, then of the one before, and so on. */
  readonly #edges = new Uint16Array(2 * CAPACITY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#edges.byteLength;
  }

  add(afterMs: number, byMs: number): void {
    const by = edgeAfter(byMs);
    this.#edges.copyWithin(2, 0);
    this.#edges.set([Math.min(by - 1, edgeBefore(afterMs)), by]);
    this.#size = Math.min(CAPACITY, this.#size + 1);
  }

  /** Forgets all but the latest `count`. */
  keep(count: number): void {
    this.#size = count;
  }

  /** The latest first. */
  latest(): Interval[] {
    return Array.from({ length: this.#size }, (_, i) => ({ after: this.#edges[2 * i]!, by: this.#edges[2 * i + 1]! }));
  }
}
