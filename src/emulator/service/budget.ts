// A rate limit per key, as a token bucket that holds one second's worth (at least one). Whose key, and what a refusal
// means, is for the caller.

export class RateBudget {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes one from the key's budget. False: the budget is spent, and nothing was taken. `now` in milliseconds. */
  take(key: string, perSecond: number, now: number): boolean {
    if (perSecond === Infinity) return true;
    const burst = perSecond > 0 ? Math.max(1, perSecond) : 0;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const refilled = bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond;
    const tokens = Math.min(burst, refilled);
    // A hair less than one is one: the sum of many refills is not exact.
    const granted = tokens > 1 - 1e-9;
    this.#buckets.set(key, { tokens: granted ? tokens - 1 : tokens, at: now });
    return granted;
  }
}
