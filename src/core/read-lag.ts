/**
 * Learns how long after its send a message becomes readable, from the first read of each message that the tracker has sent. If
 * that time is short, a message that no read has ever shown counts as denied sooner.
 */

/** Messages in a row that must be readable at their first read, before the wait is shortened. */
const MIN_OBSERVATIONS = 20;
/** The wait is this many times the slowest lag observed. */
const MARGIN = 4;

export class ReadLag {
  readonly #limitMs: number;
  #inARow = 0;
  #slowestMs = 0;

  /** @param limitMs the wait without enough observations */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** A read first showed a message at this age. `atFirstRead`: no earlier read had missed it. */
  observe(ageMs: number, atFirstRead: boolean): void {
    // A late first read only proves that the lag was not longer.
    if (atFirstRead && ageMs * MARGIN > this.#limitMs) return;
    this.#inARow = atFirstRead ? this.#inARow + 1 : 0;
    this.#slowestMs = Math.max(this.#slowestMs, ageMs);
  }

  /** Milliseconds after its send before a message that no read has shown may count as missing. */
  get unseenMs(): number {
    return this.#inARow >= MIN_OBSERVATIONS ? Math.min(this.#limitMs, MARGIN * this.#slowestMs) : this.#limitMs;
  }
}
