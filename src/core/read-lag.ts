/**
 * How long after its send a message of this app becomes readable, learnt from the first read of each message that the
 * tracker has sent. Where that is known to be short, a message that no read has ever shown is believed to be denied sooner.
 */

/** Messages in a row that were readable at their first read, before anything is concluded. */
const ENOUGH = 20;
/** A message may take so many times longer than the slowest one seen. */
const MARGIN = 4;

export class ReadLag {
  readonly #limitMs: number;
  #inARow = 0;
  #slowestMs = 0;

  /** @param limitMs the wait that is believed to be enough for every app */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** A message was first shown by a read at this age. `atFirstRead`: no read before that had missed it. */
  observe(ageMs: number, atFirstRead: boolean): void {
    // A first read that came late says only that the lag was not longer than that.
    if (atFirstRead && ageMs * MARGIN > this.#limitMs) return;
    this.#inARow = atFirstRead ? this.#inARow + 1 : 0;
    this.#slowestMs = Math.max(this.#slowestMs, ageMs);
  }

  /** Milliseconds after its send before a message that was never seen may be believed to be missing. */
  get unseenMs(): number {
    return this.#inARow >= ENOUGH ? Math.min(this.#limitMs, MARGIN * this.#slowestMs) : this.#limitMs;
  }
}
