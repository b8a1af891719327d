import { describe, expect, it } from '@jest/globals';
import { retryDelay } from '../../src/send/backoff.ts';

describe('the resend of an unanswered message', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [4, 16_000],
    [5, 30_000],
    [1_000_000, 30_000],
  ])('comes after %i attempts within %i ms, with full jitter', (tries, most) => {
    expect([retryDelay(tries, 0), retryDelay(tries, 0.5), retryDelay(tries, 1)]).toEqual([0, most / 2, most]);
  });
});
