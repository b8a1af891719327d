import { describe, expect, it } from '@jest/globals';
import { ReadLag } from '../../src/core/read-lag.ts';

function observed(...ages: [ageMs: number, atFirstRead: boolean][]): ReadLag {
  const lag = new ReadLag(10_000);
  for (const [ageMs, atFirstRead] of ages) lag.observe(ageMs, atFirstRead);
  return lag;
}
const times = (count: number, ageMs: number, atFirstRead = true): [number, boolean][] =>
  Array.from({ length: count }, () => [ageMs, atFirstRead]);

describe('the read lag', () => {
  it('is not inferred from fewer than twenty messages that were readable at their first read', () => {
    expect(observed().unseenMs).toBe(10_000);
    expect(observed(...times(19, 300)).unseenMs).toBe(10_000);
    expect(observed(...times(20, 300)).unseenMs).toBe(1_200);
  });

  it('is four times the slowest that was seen', () => {
    expect(observed(...times(20, 300), [700, true]).unseenMs).toBe(2_800);
  });

  it('is never longer than the default for every app', () => {
    expect(observed([9_000, false], ...times(20, 300)).unseenMs).toBe(10_000);
  });

  it('starts again with a message that its first read has missed', () => {
    const missed = observed(...times(25, 300), [2_000, false]);
    expect(missed.unseenMs).toBe(10_000);
    for (const each of times(20, 300)) missed.observe(...each);
    expect(missed.unseenMs).toBe(8_000);
  });

  it('is not inferred from a late first read, which shows only an upper bound', () => {
    expect(observed(...times(40, 2_501)).unseenMs).toBe(10_000);
    expect(observed(...times(20, 300), ...times(40, 2_501)).unseenMs).toBe(1_200);
  });
});
