/** The latest observations of one channel, each an interval between two edges of age; the oldest makes room. */
import { edgeBefore, partAfter, PARTS } from './age-grid.ts';

const CAPACITY = 200;

export interface Interval {
  /** The last edge at which it was seen pending. */
  readonly after: number;
  /** The first edge by which it was done; later than `after`. */
  readonly by: number;
  /** The same, in parts of the way from one edge to the next. */
  readonly part: number;
}

/** Whether the end is known exactly, as by push. */
export function isExact({ after, by }: Interval): boolean {
  return by - after <= 2;
}

export class Observations {
  /** `after` and `part` of the latest, then of the one before, and so on. */
  readonly #edges = new Uint16Array(2 * CAPACITY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#edges.byteLength;
  }

  add(afterMs: number, byMs: number): void {
    const part = partAfter(byMs);
    this.#edges.copyWithin(2, 0);
    this.#edges.set([Math.min(edgeOf(part) - 1, edgeBefore(afterMs)), part]);
    this.#size = Math.min(CAPACITY, this.#size + 1);
  }

  /** Forgets all but the latest `count`. */
  keep(count: number): void {
    this.#size = count;
  }

  /** The latest first. */
  latest(): Interval[] {
    return Array.from({ length: this.#size }, (_, i) => {
      const part = this.#edges[2 * i + 1]!;
      return { after: this.#edges[2 * i]!, by: edgeOf(part), part };
    });
  }
}

function edgeOf(part: number): number {
  return Math.ceil(part / PARTS);
}
