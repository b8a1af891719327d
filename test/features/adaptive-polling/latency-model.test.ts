import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LatencyModel } from '../../../src/features/adaptive-polling/latency-model.ts';
import { searchSize } from '../../support/search-size.ts';
import { randomOf } from '../../support/seeds.ts';

const late = 0.999;
const hour = 3_600_000;

/** Push observes that messages of `channel` take from `from` to `to`. */
function teach(times: LatencyModel, channel: string, count: number, from: number, to: number, seed = 1): void {
  const random = randomOf(seed);
  for (let i = 0; i < count; i += 1) {
    const ms = from + random() * (to - from);
    times.observe(channel, ms, ms);
  }
}

describe('the learnt polls', () => {
  it('there are none before the first observation', () => {
    expect(new LatencyModel().nextPollAge('a', 0, late)).toBeUndefined();
  });

  it('there is one just after a latency that all messages share', () => {
    const times = new LatencyModel();
    teach(times, 'a', 50, 2_950, 3_050);
    const look = times.nextPollAge('a', 0, late)!;
    expect(look).toBeGreaterThan(3_000);
    expect(look).toBeLessThan(3_150);
  });

  it('polls alone are enough to find them', () => {
    const times = new LatencyModel();
    const random = randomOf(5);
    times.observe('a', 1_400, 4_100);
    let looks = 0;
    for (let message = 0; message < 100; message += 1) {
      const doneAt = 2_950 + 100 * random();
      let [pendingAt, look] = [0, 0];
      for (looks = 0; look < doneAt; looks += 1) {
        pendingAt = look;
        look = times.nextPollAge('a', pendingAt, random()) ?? look + 1_000;
      }
      times.observe('a', pendingAt, look);
    }
    const look = times.nextPollAge('a', 0, late)!;
    expect(look).toBeGreaterThan(2_900);
    expect(look).toBeLessThan(3_400);
  });

  it('a message older than all observations falls back to plain backoff', () => {
    const times = new LatencyModel();
    teach(times, 'a', 50, 2_950, 3_050);
    expect(times.nextPollAge('a', 3_200, late)).toBeGreaterThan(3_200);
    expect(times.nextPollAge('a', 60_000, late)).toBeUndefined();
  });

  it('an occasional poll comes early if only polls observe, and none does if push observes', () => {
    const polled = new LatencyModel();
    for (let i = 0; i < 50; i += 1) polled.observe('a', 1_000, 3_000);
    const planned = polled.nextPollAge('a', 0, late)!;
    expect(polled.nextPollAge('a', 0, 0.039)!).toBeLessThan(0.8 * planned);
    expect(polled.nextPollAge('a', 0, 0.04)).toBe(planned);
    const pushed = new LatencyModel();
    teach(pushed, 'a', 50, 2_000, 3_000);
    expect(pushed.nextPollAge('a', 0, 0)).toBe(pushed.nextPollAge('a', 0, late));
  });
});

describe('the model of a channel', () => {
  it('has its own distribution', () => {
    const times = new LatencyModel();
    teach(times, 'fast', 50, 400, 500);
    teach(times, 'slow', 50, 20_000, 21_000);
    expect(times.nextPollAge('fast', 0, late)).toBeLessThan(600);
    expect(times.nextPollAge('slow', 0, late)).toBeGreaterThan(19_000);
  });

  it('falls back to the tracker-wide model until the channel has 5 observations', () => {
    const times = new LatencyModel();
    teach(times, 'known', 50, 2_950, 3_050);
    times.observe('new', 500, 500);
    expect(times.nextPollAge('new', 0, late)).toBe(times.nextPollAge('never heard of', 0, late));
    teach(times, 'new', 20, 400, 500);
    expect(times.nextPollAge('new', 0, late)).toBeLessThan(600);
  });

  it('is one of at most 200, besides the tracker-wide model', () => {
    const bytesOf = (channels: number): number => {
      const times = new LatencyModel();
      for (let channel = 0; channel < channels; channel += 1) times.observe(`${channel}`, 500, 500);
      return times.bytes;
    };
    const each = bytesOf(1) / 2;
    expect(bytesOf(200)).toBe(201 * each);
    expect(bytesOf(1_000)).toBe(201 * each);
  });

  it('is dropped when its channel has been quiet the longest', () => {
    const times = new LatencyModel();
    teach(times, 'heard again', 20, 400, 500);
    teach(times, 'not heard again', 20, 400, 500);
    for (let channel = 0; channel < 340; channel += 1) {
      times.observe(`${channel}`, 20_000, 20_000);
      if (channel === 150) times.observe('heard again', 450, 450);
    }
    expect(times.nextPollAge('heard again', 0, late)).toBeLessThan(600);
    expect(times.nextPollAge('not heard again', 0, late)).toBeGreaterThan(19_000);
  });

  it('takes at most 4 kB, whatever was observed', () => {
    const times = new LatencyModel();
    for (let i = 0; i < 300; i += 1) times.observe('a', 0, 10 ** (1 + (i % 8)));
    expect(times.nextPollAge('a', 0, late)).toBeDefined();
    expect(times.nextPollAge('never heard of', 0, late)).toBeDefined();
    expect(times.bytes).toBeGreaterThan(2 * 2_000);
    expect(times.bytes).toBeLessThanOrEqual(2 * 4_096);
  });
});

describe('schedules', () => {
  it('a channel that may not have a new schedule now keeps its last one, or uses the tracker-wide one', () => {
    let allowed = 1;
    const times = new LatencyModel(() => (allowed -= 1) >= 0);
    teach(times, 'slow', 50, 20_000, 21_000);
    expect(times.nextPollAge('slow', 0, late)).toBeGreaterThan(19_000);
    teach(times, 'slow', 200, 400, 500);
    teach(times, 'fast', 200, 400, 500);
    expect(times.nextPollAge('slow', 0, late)).toBeGreaterThan(19_000);
    expect(times.nextPollAge('fast', 0, late)).toBe(times.nextPollAge('never heard of', 0, late));
    allowed = 2;
    expect(times.nextPollAge('slow', 0, late)).toBeLessThan(600);
    expect(times.nextPollAge('fast', 0, late)).toBeLessThan(600);
    expect(allowed).toBe(0);
  });

  it('a poll comes just after the latency that all messages share', () => {
    const times = new LatencyModel();
    teach(times, 'a', 20, 60_000, 60_000);
    expect(times.nextPollAge('a', 0, late)).toBeGreaterThanOrEqual(60_000);
    expect(times.nextPollAge('a', 0, late)).toBeLessThan(60_100);
  });
});

describe('a change of the latency', () => {
  it.each([
    [2_950, 3_050, 950, 1_050],
    [950, 1_050, 2_950, 3_050],
    [400, 4_000, 40_000, 60_000],
    [40_000, 60_000, 400, 500],
  ])('from %i-%i ms to %i-%i ms is in the schedule within 100 messages', (...bounds) => {
    const [from, to, newFrom, newTo] = bounds;
    const times = new LatencyModel();
    teach(times, 'a', 200, from, to);
    times.nextPollAge('a', 0, late);
    const fresh = new LatencyModel();
    for (let i = 0; i < 100; i += 10) {
      teach(times, 'a', 10, newFrom, newTo, i);
      teach(fresh, 'a', 10, newFrom, newTo, i);
      times.nextPollAge('a', 0, late);
    }
    const ratio = times.nextPollAge('a', 0, late)! / fresh.nextPollAge('a', 0, late)!;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});

describe('the latency model, for any input', () => {
  const absurd = [NaN, Infinity, -Infinity, -1, 0, -0, Number.MIN_VALUE, 1e-9, 1, 48 * hour, 49 * hour, 1e300];
  const ms = fc.oneof(fc.constantFrom(...absurd), fc.double(), fc.double({ min: 0, max: 1e6, noNaN: true }));
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('the next poll is at a finite age, later than the last one by at least a fiftieth, or there is none', () => {
    const told = fc.array(fc.tuple(ms, ms), { maxLength: 60 });
    fc.assert(
      fc.property(told, fc.array(fc.tuple(ms, random), { maxLength: 20 }), (observations, questions) => {
        const times = new LatencyModel();
        for (const [afterMs, byMs] of observations) times.observe('a', afterMs, byMs);
        for (const [pendingAtMs, chance] of questions) {
          const look = times.nextPollAge('a', pendingAtMs, chance) ?? Infinity;
          expect(look).toBeGreaterThan(0);
          expect(look >= pendingAtMs * 1.02 || look === Infinity).toBe(true);
        }
      }),
      { numRuns: searchSize({ part: 50, whole: 300 }) },
    );
  });

  it.each([
    [NaN, 1_000],
    [0, NaN],
    [0, Infinity],
    [2_000, 1_000],
    [-2_000, -1_000],
  ])('a clock that jumps (%d to %d ms) adds no observation', (afterMs, byMs) => {
    const times = new LatencyModel();
    times.observe('a', afterMs, byMs);
    expect(times.nextPollAge('a', 0, late)).toBeUndefined();
    expect(times.bytes).toBeLessThan(1_000);
  });
});
