/**
 * Splits long work into slices, so that the app's own code runs between two of them. The pause between slices is a macrotask
 * that no browser throttles: in a chain of timers each takes 4 ms, and a second in a hidden tab.
 */
import { monotonicNow } from './time.ts';

/** How long one slice lasts, in milliseconds: half a frame. */
const SLICE_MS = 8;
/** The most steps in one slice, even if its time is not over. */
const MAX_STEPS = 250;

export class Slices {
  #steps = 0;
  #endsAt = -Infinity;
  #pause: Promise<void> | undefined;
  #endPause: () => void = () => undefined;
  #isClosed = false;

  /** Starts the first slice; call it at the start of a turn of the event loop. */
  begin(): void {
    this.#steps = 0;
    this.#endsAt = monotonicNow() + SLICE_MS;
  }

  /** Counts a step. Returns undefined while the slice lasts, or a promise that resolves with the next slice, or on `close`. */
  step(): Promise<void> | undefined {
    if (this.#pause !== undefined || this.#isClosed) return this.#pause;
    this.#steps += 1;
    if (this.#steps < MAX_STEPS && monotonicNow() < this.#endsAt) return undefined;
    this.#pause = new Promise((resolve) => {
      const cancel = nextTurn(() => this.#endPause());
      this.#endPause = () => {
        cancel();
        this.#pause = undefined;
        this.begin();
        resolve();
      };
    });
    return this.#pause;
  }

  /** Calls `act` for each item, in slices. Ends early on `close`. */
  async each<T>(items: Iterable<T>, act: (item: T) => void): Promise<void> {
    for (const item of items) {
      if (this.#isClosed) return;
      act(item);
      const pause = this.step();
      if (pause !== undefined) await pause;
    }
  }

  /** Sorts `list` in slices: sorts short parts, then merges them in pairs. Incomplete after `close`. */
  async sort<T>(list: readonly T[], compare: (one: T, other: T) => number): Promise<readonly T[]> {
    const merge = ([one, other = []]: readonly T[][]): T[] => {
      const both = [...(one ?? []), ...other];
      const [last, first] = [one?.at(-1), other[0]];
      // The engine's own sort merges two sorted parts in linear time; most stores list keys that are in order already.
      const isInOrder = last === undefined || first === undefined || compare(last, first) <= 0;
      return isInOrder ? both : both.sort(compare);
    };
    let parts: T[][] = [];
    await this.each(chunksOf(list, MAX_STEPS), (part) => parts.push(part.sort(compare)));
    while (parts.length > 1) {
      const longer: T[][] = [];
      await this.each(chunksOf(parts, 2), (pair) => longer.push(merge(pair)));
      parts = longer;
    }
    return parts[0] ?? [];
  }

  /** Ends the current pause; there are no further ones. */
  close(): void {
    this.#isClosed = true;
    this.#endPause();
  }
}

/** Calls `act` in another turn of the event loop. Returns the function that cancels the call. */
export function nextTurn(act: () => void): () => void {
  const { setImmediate, clearImmediate, MessageChannel } = globalThis as Partial<typeof globalThis>;
  if (MessageChannel === undefined) {
    // Also in React Native, where no other code runs before `setImmediate`.
    const timer = setTimeout(act, 0);
    return () => clearTimeout(timer);
  }
  if (setImmediate !== undefined && clearImmediate !== undefined) {
    // In Node, a chain of messages would delay its timers.
    const immediate = setImmediate(act);
    return () => clearImmediate(immediate);
  }
  const { port1, port2 } = new MessageChannel();
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- this opens the port, too
  port1.onmessage = () => {
    port1.close();
    act();
  };
  port2.postMessage(undefined);
  return () => port1.close();
}

function* chunksOf<T>(list: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}
