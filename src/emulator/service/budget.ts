// A rate limit per key: a token bucket with a burst of one second (at least one token). The caller gives the keys their
// meaning.

export class RateBudget {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes a token of the key's bucket. Returns false if there is none. `now` in milliseconds. */
  take(key: string, perSecond: number, now: number): boolean {
    if (perSecond === Infinity) return true;
    const burst = perSecond > 0 ? Math.max(1, perSecond) : 0;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const refilled = bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond;
    const tokens = Math.min(burst, refilled);
    // With a tolerance: the sum of many refills is not exact.
    const granted = tokens > 1 - 1e-9;
    this.#buckets.set(key, { tokens: granted ? tokens - 1 : tokens, at: now });
    return granted;
  }
}
