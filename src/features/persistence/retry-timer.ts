/** When what failed is tried again: after a second, and after twice as long each time that nothing was done meanwhile. */

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

export class RetryTimer {
  readonly #onTime: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextMs = FIRST_RETRY_MS;

  constructor(onTime: () => void) {
    this.#onTime = onTime;
  }

  schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#onTime();
    }, this.#nextMs);
    this.#nextMs = Math.min(this.#nextMs * 2, MAX_RETRY_MS);
  }

  /** The store works: the next one need not wait long. */
  reset(): void {
    this.#nextMs = FIRST_RETRY_MS;
  }

  /** Until it is planned again. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.reset();
  }
}
