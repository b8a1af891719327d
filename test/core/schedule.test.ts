import { describe, expect, it, jest } from '@jest/globals';
import FlatQueue from 'flatqueue';
import { Schedule } from '../../src/core/schedule.ts';
import type { Entry } from '../../src/core/entry.ts';
import { entryNamed } from '../support/known.ts';
import { randomOf, seeds } from '../support/seeds.ts';
import { sleepFor, useFakeTime } from '../support/fake-time.ts';

useFakeTime();

/** When each test begins, by the monotonic clock. */
const start = 0;

const hour = 3_600_000;
const pass = (ms: number): void => {
  jest.advanceTimersByTime(ms);
};

/** A schedule, and what became due: who, and after how much time (which no clock setting can move). */
function scheduled(): { schedule: Schedule; story: string[]; begin: Record<'a' | 'b' | 'c', Entry> } {
  const schedule = new Schedule();
  const story: string[] = [];
  const began = performance.now();
  const waited = (): number => Math.round(performance.now() - began);
  schedule.due$.subscribe({
    next: (entry) => story.push(`${entry.known.id} at ${waited()}`),
    complete: () => story.push('end'),
  });
  return { schedule, story, begin: { a: entryNamed('a'), b: entryNamed('b'), c: entryNamed('c') } };
}

describe('what is planned', () => {
  it('is due at its time, in the order of the times', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 300);
    schedule.set(begin.b, start + 100);
    schedule.set(begin.c, start + 100);
    pass(99);
    expect(story).toEqual([]);
    pass(1_000);
    expect(story).toEqual(['b at 100', 'c at 100', 'a at 300']);
  });

  it('takes one timer, however much is planned, and none when nothing is', () => {
    const { schedule, story, begin } = scheduled();
    expect(jest.getTimerCount()).toBe(0);
    for (const [index, entry] of Object.values(begin).entries()) {
      schedule.set(entry, start + 500 - index * 100);
      expect(jest.getTimerCount()).toBe(1);
    }
    pass(300);
    expect(jest.getTimerCount()).toBe(1);
    pass(200);
    expect([story.length, jest.getTimerCount()]).toEqual([3, 0]);
  });

  it('sets its timer anew for what is due before everything else, and for nothing else', () => {
    const { schedule, begin } = scheduled();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const counted: number[] = [];
    for (const at of [500, 600, 500, 400, -100, 0, -200, -300]) {
      schedule.set(begin.a, start + at);
      counted.push(timers.mock.calls.length);
    }
    timers.mockRestore();
    expect(counted).toEqual([1, 1, 1, 2, 3, 3, 3, 3]);
  });

  it('leaves no timer behind for what was planned before', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + hour);
    schedule.set(begin.a, start + 100);
    pass(100);
    expect([story, jest.getTimerCount()]).toEqual([['a at 100'], 0]);
  });

  it('takes no more room than twice what is planned, however often that changes', () => {
    const push = jest.spyOn(FlatQueue.prototype, 'push');
    const { schedule, story, begin } = scheduled();
    let most = 0;
    for (let i = 1; i <= 5_000; i += 1) {
      schedule.set(begin.a, start + i);
      most = Math.max(most, (push.mock.contexts.at(-1) as FlatQueue<Entry>).length);
    }
    push.mockRestore();
    expect(most).toBeLessThan(80);
    pass(hour);
    expect(story).toEqual(['a at 5000']);
  });

  it('is replaced by what is planned later for the same delivery', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 100);
    schedule.set(begin.a, start + 300);
    schedule.set(begin.b, start + 300);
    schedule.set(begin.b, start + 200);
    schedule.set(begin.c, start + 50);
    schedule.clear(begin.c);
    schedule.set(begin.c, start + 50);
    pass(1_000);
    expect(story).toEqual(['c at 50', 'b at 200', 'a at 300']);
  });

  it('can be brought forward, never put off that way', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 100);
    schedule.bringForward(begin.a, start + 500);
    schedule.set(begin.b, start + 500);
    schedule.bringForward(begin.b, start + 50);
    schedule.bringForward(begin.c, start + 70);
    pass(1_000);
    expect(story).toEqual(['b at 50', 'c at 70', 'a at 100']);
  });

  it('can be cleared, once or twice, and leaves no timer', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 100);
    schedule.clear(begin.a);
    schedule.clear(begin.a);
    expect(jest.getTimerCount()).toBe(0);
    schedule.set(begin.b, start + 200);
    pass(1_000);
    expect(story).toEqual(['b at 200']);
  });

  it('for the past is due at once', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start - hour);
    pass(1);
    expect(story).toHaveLength(1);
  });

  it('while something else is due, is planned as well', () => {
    const { schedule, story, begin } = scheduled();
    schedule.due$.subscribe((entry) => {
      if (entry === begin.a) schedule.set(begin.b, performance.now() + 100);
      if (entry === begin.b) schedule.set(begin.c, performance.now());
    });
    schedule.set(begin.a, start + 100);
    pass(1_000);
    expect([story.map((line) => line[0]), jest.getTimerCount()]).toEqual([['a', 'b', 'c'], 0]);
  });

  it('further away than a timer can reach is due at its time all the same', () => {
    const { schedule, story, begin } = scheduled();
    const far = 2 ** 31 + hour;
    schedule.set(begin.a, start + far);
    pass(far - 1);
    expect(story).toEqual([]);
    pass(1);
    expect(story).toEqual([`a at ${far}`]);
  });

  it.each(seeds(5))('is due exactly once, whatever is planned anew or cleared (seed %i)', (seed) => {
    const random = randomOf(seed);
    const { schedule, story } = scheduled();
    const entries = Array.from({ length: 40 }, (_, index) => entryNamed(`e${index}`));
    const plan = new Map<string, number>();
    for (let i = 0; i < 20_000; i += 1) {
      const entry = entries[Math.floor(random() * entries.length)]!;
      const at = Math.floor(random() * 5_000);
      if (random() < 0.1) {
        schedule.clear(entry);
        plan.delete(entry.known.id);
      } else {
        schedule.set(entry, start + at);
        plan.set(entry.known.id, Math.max(at, 1));
      }
    }
    pass(10_000);
    const expected = [...plan].sort((one, two) => one[1] - two[1]).map(([id, at]) => `${id} at ${at}`);
    expect([...story].sort()).toEqual(expected.sort());
  });
});

describe('when the clock is set', () => {
  it.each([-48 * hour, -hour, -5_000, 5_000, hour, 72 * hour])('by %i ms, everything is due as planned', (step) => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 10_000);
    pass(2_000);
    jest.setSystemTime(Date.now() + step);
    schedule.set(begin.b, start + 2_400);
    pass(100_000);
    schedule.set(begin.c, start + 110_000);
    pass(hour);
    expect(story).toEqual(['b at 2400', 'a at 10000', 'c at 110000']);
  });
});

describe('after a sleep of the machine', () => {
  it('what was missed is due at the next tick', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 10_000);
    schedule.set(begin.b, start + hour);
    sleepFor(2 * hour);
    pass(10_000);
    expect(story).toEqual([`a at ${2 * hour + 10_000}`, `b at ${2 * hour + 10_000}`]);
  });

  it('what was missed is due at once when anything is planned', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 10_000);
    sleepFor(2 * hour);
    schedule.set(begin.b, start + 3 * hour);
    pass(1);
    expect(story).toEqual([`a at ${2 * hour}`]);
  });

  // `performance.now()` may stop while the machine sleeps.
  it.each([
    [10_001, 1],
    [10_000, 0],
    [-3 * hour, 0],
  ])('is told where only the wall clock went on, by %i ms: %i times', (ms, times) => {
    const { schedule, begin } = scheduled();
    let sleeps = 0;
    schedule.sleeps$.subscribe(() => (sleeps += 1));
    schedule.set(begin.a, start + hour);
    pass(90_000);
    jest.setSystemTime(Date.now() + ms);
    pass(10 * 60_000);
    expect(sleeps).toBe(times);
  });

  it('is not told where nothing was planned', () => {
    const { schedule, begin } = scheduled();
    let sleeps = 0;
    schedule.sleeps$.subscribe(() => (sleeps += 1));
    schedule.set(begin.a, start + 100);
    pass(100);
    jest.setSystemTime(Date.now() + hour);
    schedule.set(begin.a, start + 200);
    pass(hour);
    expect(sleeps).toBe(0);
  });
});

describe('after close', () => {
  it('nothing is due, the stream ends, and no timer is left', () => {
    const { schedule, story, begin } = scheduled();
    schedule.set(begin.a, start + 100);
    schedule.close();
    schedule.close();
    pass(1_000);
    expect([story, jest.getTimerCount()]).toEqual([['end'], 0]);
  });

  it('nothing that is planned late brings a timer back', () => {
    const { schedule, begin } = scheduled();
    schedule.close();
    schedule.set(begin.a, start + 100);
    schedule.bringForward(begin.b, start + 100);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('from within, nothing else that is due at the same time is told', () => {
    const { schedule, story, begin } = scheduled();
    schedule.due$.subscribe(() => schedule.close());
    for (const entry of Object.values(begin)) schedule.set(entry, start + 100);
    pass(1_000);
    expect([story, jest.getTimerCount()]).toEqual([['a at 100', 'end'], 0]);
  });
});
