import { describe, expect, it, jest } from '@jest/globals';
import FlatQueue from 'flatqueue';
import { TimerQueue } from '../../src/core/timer-queue.ts';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import { deliveryNamed } from '../support/delivery-record.ts';
import { randomOf, seeds } from '../support/seeds.ts';
import { sleepFor, useFakeTime } from '../support/fake-time.ts';

useFakeTime();

/** When each test begins, by the monotonic clock. */
const start = 0;

const hour = 3_600_000;
const pass = (ms: number): void => {
  jest.advanceTimersByTime(ms);
};

/** A queue, and what became due: which delivery, and after how much time (which no clock setting can move). */
function scheduled(): { timers: TimerQueue; story: string[]; begin: Record<'a' | 'b' | 'c', TrackedDelivery> } {
  const timers = new TimerQueue();
  const story: string[] = [];
  const began = performance.now();
  const waited = (): number => Math.round(performance.now() - began);
  timers.due$.subscribe({
    next: (delivery) => story.push(`${delivery.record.id} at ${waited()}`),
    complete: () => story.push('end'),
  });
  return { timers, story, begin: { a: deliveryNamed('a'), b: deliveryNamed('b'), c: deliveryNamed('c') } };
}

describe('a deadline in the timer queue', () => {
  it('is due at its time, in the order of the times', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 300);
    timers.set(begin.b, start + 100);
    timers.set(begin.c, start + 100);
    pass(99);
    expect(story).toEqual([]);
    pass(1_000);
    expect(story).toEqual(['b at 100', 'c at 100', 'a at 300']);
  });

  it('needs one timer, however many there are, and none when there are none', () => {
    const { timers, story, begin } = scheduled();
    expect(jest.getTimerCount()).toBe(0);
    for (const [index, delivery] of Object.values(begin).entries()) {
      timers.set(delivery, start + 500 - index * 100);
      expect(jest.getTimerCount()).toBe(1);
    }
    pass(300);
    expect(jest.getTimerCount()).toBe(1);
    pass(200);
    expect([story.length, jest.getTimerCount()]).toEqual([3, 0]);
  });

  it('sets the timer again if it is due before all others, and only then', () => {
    const { timers: timerQueue, begin } = scheduled();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const counted: number[] = [];
    for (const at of [500, 600, 500, 400, -100, 0, -200, -300]) {
      timerQueue.set(begin.a, start + at);
      counted.push(timers.mock.calls.length);
    }
    timers.mockRestore();
    expect(counted).toEqual([1, 1, 1, 2, 3, 3, 3, 3]);
  });

  it('leaves no earlier timer behind', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + hour);
    timers.set(begin.a, start + 100);
    pass(100);
    expect([story, jest.getTimerCount()]).toEqual([['a at 100'], 0]);
  });

  it('takes no more room than twice the number of deadlines, however often they change', () => {
    const push = jest.spyOn(FlatQueue.prototype, 'push');
    const { timers, story, begin } = scheduled();
    let most = 0;
    for (let i = 1; i <= 5_000; i += 1) {
      timers.set(begin.a, start + i);
      most = Math.max(most, (push.mock.contexts.at(-1) as FlatQueue<TrackedDelivery>).length);
    }
    push.mockRestore();
    expect(most).toBeLessThan(80);
    pass(hour);
    expect(story).toEqual(['a at 5000']);
  });

  it('is replaced by a later schedule of the same delivery', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 100);
    timers.set(begin.a, start + 300);
    timers.set(begin.b, start + 300);
    timers.set(begin.b, start + 200);
    timers.set(begin.c, start + 50);
    timers.clear(begin.c);
    timers.set(begin.c, start + 50);
    pass(1_000);
    expect(story).toEqual(['c at 50', 'b at 200', 'a at 300']);
  });

  it('can be brought forward, but not delayed that way', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 100);
    timers.bringForward(begin.a, start + 500);
    timers.set(begin.b, start + 500);
    timers.bringForward(begin.b, start + 50);
    timers.bringForward(begin.c, start + 70);
    pass(1_000);
    expect(story).toEqual(['b at 50', 'c at 70', 'a at 100']);
  });

  it('can be cleared, once or twice, and leaves no timer', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 100);
    timers.clear(begin.a);
    timers.clear(begin.a);
    expect(jest.getTimerCount()).toBe(0);
    timers.set(begin.b, start + 200);
    pass(1_000);
    expect(story).toEqual(['b at 200']);
  });

  it('in the past is due at once', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start - hour);
    pass(1);
    expect(story).toHaveLength(1);
  });

  it('is scheduled even while another one is due', () => {
    const { timers, story, begin } = scheduled();
    timers.due$.subscribe((delivery) => {
      if (delivery === begin.a) timers.set(begin.b, performance.now() + 100);
      if (delivery === begin.b) timers.set(begin.c, performance.now());
    });
    timers.set(begin.a, start + 100);
    pass(1_000);
    expect([story.map((line) => line[0]), jest.getTimerCount()]).toEqual([['a', 'b', 'c'], 0]);
  });

  it('beyond the reach of a timer is due at its time all the same', () => {
    const { timers, story, begin } = scheduled();
    const far = 2 ** 31 + hour;
    timers.set(begin.a, start + far);
    pass(far - 1);
    expect(story).toEqual([]);
    pass(1);
    expect(story).toEqual([`a at ${far}`]);
  });

  it.each(seeds(5))('is due exactly once, whatever is scheduled again or cleared (seed %i)', (seed) => {
    const random = randomOf(seed);
    const { timers, story } = scheduled();
    const deliveries = Array.from({ length: 40 }, (_, index) => deliveryNamed(`e${index}`));
    const plan = new Map<string, number>();
    for (let i = 0; i < 20_000; i += 1) {
      const delivery = deliveries[Math.floor(random() * deliveries.length)]!;
      const at = Math.floor(random() * 5_000);
      if (random() < 0.1) {
        timers.clear(delivery);
        plan.delete(delivery.record.id);
      } else {
        timers.set(delivery, start + at);
        plan.set(delivery.record.id, Math.max(at, 1));
      }
    }
    pass(10_000);
    const expected = [...plan].sort((one, two) => one[1] - two[1]).map(([id, at]) => `${id} at ${at}`);
    expect([...story].sort()).toEqual(expected.sort());
  });
});

describe('a change of the clock', () => {
  it.each([-48 * hour, -hour, -5_000, 5_000, hour, 72 * hour])(
    'by %i ms leaves every deadline as scheduled',
    (step) => {
      const { timers, story, begin } = scheduled();
      timers.set(begin.a, start + 10_000);
      pass(2_000);
      jest.setSystemTime(Date.now() + step);
      timers.set(begin.b, start + 2_400);
      pass(100_000);
      timers.set(begin.c, start + 110_000);
      pass(hour);
      expect(story).toEqual(['b at 2400', 'a at 10000', 'c at 110000']);
    },
  );
});

describe('a sleep of the machine', () => {
  it('makes missed deadlines due at the next tick', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 10_000);
    timers.set(begin.b, start + hour);
    sleepFor(2 * hour);
    pass(10_000);
    expect(story).toEqual([`a at ${2 * hour + 10_000}`, `b at ${2 * hour + 10_000}`]);
  });

  it('makes missed deadlines due at once when another one is scheduled', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 10_000);
    sleepFor(2 * hour);
    timers.set(begin.b, start + 3 * hour);
    pass(1);
    expect(story).toEqual([`a at ${2 * hour}`]);
  });

  // `performance.now()` may stop while the machine sleeps.
  it.each([
    [10_001, 1],
    [10_000, 0],
    [-3 * hour, 0],
  ])('is reported if only the wall clock went on, by %i ms: %i times', (ms, times) => {
    const { timers, begin } = scheduled();
    let sleeps = 0;
    timers.sleeps$.subscribe(() => (sleeps += 1));
    timers.set(begin.a, start + hour);
    pass(90_000);
    jest.setSystemTime(Date.now() + ms);
    pass(10 * 60_000);
    expect(sleeps).toBe(times);
  });

  it('is not reported if nothing was scheduled', () => {
    const { timers, begin } = scheduled();
    let sleeps = 0;
    timers.sleeps$.subscribe(() => (sleeps += 1));
    timers.set(begin.a, start + 100);
    pass(100);
    jest.setSystemTime(Date.now() + hour);
    timers.set(begin.a, start + 200);
    pass(hour);
    expect(sleeps).toBe(0);
  });
});

describe('a closed timer queue', () => {
  it('reports nothing, ends its stream, and has no timer left', () => {
    const { timers, story, begin } = scheduled();
    timers.set(begin.a, start + 100);
    timers.close();
    timers.close();
    pass(1_000);
    expect([story, jest.getTimerCount()]).toEqual([['end'], 0]);
  });

  it('sets no timer for a late schedule', () => {
    const { timers, begin } = scheduled();
    timers.close();
    timers.set(begin.a, start + 100);
    timers.bringForward(begin.b, start + 100);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that was closed by a listener reports no other deadline of the same time', () => {
    const { timers, story, begin } = scheduled();
    timers.due$.subscribe(() => timers.close());
    for (const delivery of Object.values(begin)) timers.set(delivery, start + 100);
    pass(1_000);
    expect([story, jest.getTimerCount()]).toEqual([['a at 100', 'end'], 0]);
  });
});
