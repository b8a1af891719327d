import { describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import { monotonicNow } from '../../src/shared/time.ts';
import { TimerQueue } from '../../src/core/timer-queue.ts';
import { PollSpreader } from '../../src/poll/poll-spreader.ts';
import { deliveryNamed } from '../support/delivery-record.ts';
import { useFakeTime } from '../support/fake-time.ts';

useFakeTime();

const FIRST_DELAY_MS = 1_800;
const HOUR = 3_600_000;

interface World {
  readonly spreader: PollSpreader;
  readonly timers: TimerQueue;
  /** Milliseconds from now until the delivery is polled. */
  readonly waitOf: (delivery: TrackedDelivery) => number;
  readonly announced: (readonly [TrackedDelivery, number])[];
}

/** `nextPollAt` plans each poll `planned` milliseconds from now, `together` is the batch's delay. */
function world({
  planned = 500,
  together,
  waiting = [],
  random = 0.5,
}: {
  planned?: number;
  together?: number;
  waiting?: readonly TrackedDelivery[];
  random?: number;
} = {}): World {
  const timers = new TimerQueue();
  const announced: (readonly [TrackedDelivery, number])[] = [];
  const spreader = new PollSpreader({
    timers,
    random: () => random,
    schedule: { nextPollAt: () => monotonicNow() + planned },
    dispatcher: { has: (delivery) => waiting.includes(delivery) },
    executor: {
      batchDelay: () => together,
      announceBatch: (delivery, at) => void announced.push([delivery, at - monotonicNow()]),
    },
    firstDelayMs: FIRST_DELAY_MS,
  });
  return { spreader, timers, announced, waitOf: ({ dueAt }) => dueAt - monotonicNow() };
}

describe('polls that are brought forward', () => {
  it('are spread over the time given, one by one', () => {
    const { spreader, waitOf } = world({ random: 0.25 });
    const delivery = deliveryNamed('m1');
    spreader.pollSoon([delivery], 100, 1_000);
    expect(waitOf(delivery)).toBe(100 + 250);
  });

  it('of one channel come together where a batch may settle them, and the batch is announced', () => {
    const { spreader, waitOf, announced } = world({ together: 700 });
    const [one, other] = [deliveryNamed('m1'), deliveryNamed('m2')];
    spreader.pollSoon([one, other], 100, 1_000);
    expect([one, other].map(waitOf)).toEqual([800, 800]);
    expect(announced).toEqual([[one, 800]]);
  });

  it('never become later, and one that waits for a permit is left alone', () => {
    const waiting = deliveryNamed('m1');
    const soon = deliveryNamed('m2');
    const { spreader, timers, waitOf } = world({ waiting: [waiting] });
    timers.set(waiting, monotonicNow() + HOUR);
    timers.set(soon, monotonicNow() + 50);
    spreader.pollSoon([waiting, soon], 0, 1_000);
    expect([waiting, soon].map(waitOf)).toEqual([HOUR, 50]);
  });
});

describe('when push is lost', () => {
  it('a poll that is due within the first delay comes within 400 ms after the pause', () => {
    const { spreader, waitOf } = world({ planned: FIRST_DELAY_MS });
    const delivery = deliveryNamed('m1');
    spreader.onPushLost([delivery], 100, false);
    expect(waitOf(delivery)).toBe(100 + 200);
  });

  it('a poll that is due later keeps its plan, after the pause', () => {
    const { spreader, waitOf } = world({ planned: FIRST_DELAY_MS + 1 });
    const delivery = deliveryNamed('m1');
    spreader.onPushLost([delivery], 100, false);
    expect(waitOf(delivery)).toBe(FIRST_DELAY_MS + 1 + 100);
  });

  it('the backoff begins again, unless the link only flaps', () => {
    const { spreader } = world();
    const delivery = deliveryNamed('m1');
    delivery.attempts = 5;
    spreader.onPushLost([delivery], 0, true);
    expect(delivery.attempts).toBe(5);
    spreader.onPushLost([delivery], 0, false);
    expect(delivery.attempts).toBe(0);
  });

  it('a delivery that waits for a permit keeps its backoff and its time', () => {
    const delivery = deliveryNamed('m1');
    delivery.attempts = 5;
    const { spreader, timers, waitOf } = world({ waiting: [delivery] });
    timers.set(delivery, monotonicNow() + HOUR);
    spreader.onPushLost([delivery], 0, false);
    expect([delivery.attempts, waitOf(delivery)]).toEqual([5, HOUR]);
  });
});
