/** The timer for retries of failed store operations: after a second, then twice as long each time, up to a minute. */

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

export class RetryTimer {
  readonly #onRetry: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextMs = FIRST_RETRY_MS;

  constructor(onRetry: () => void) {
    this.#onRetry = onRetry;
  }

  schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#onRetry();
    }, this.#nextMs);
    this.#nextMs = Math.min(this.#nextMs * 2, MAX_RETRY_MS);
  }

  /** The store works: the next delay is the first one again. */
  reset(): void {
    this.#nextMs = FIRST_RETRY_MS;
  }

  /** Cancels the retry that is scheduled. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.reset();
  }
}
