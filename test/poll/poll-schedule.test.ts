import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { believableAt } from '../../src/core/reduce.ts';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import type { Transition } from '../../src/core/delivery-registry.ts';
import { AdaptiveTiming } from '../../src/features/adaptive-polling/adaptive-timing.ts';
import { PollSchedule } from '../../src/poll/poll-schedule.ts';
import { useFakeTime } from '../support/fake-time.ts';
import { trackedDelivery, pending, rules, sentAt } from '../support/delivery-record.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const now = sentAt + 60 * SECOND;
useFakeTime();
beforeEach(() => {
  jest.advanceTimersByTime(now);
});

const polling = {
  quietMs: 30_000,
  firstDelayMs: 1_000,
  factor: 2,
  maxDelayMs: 30_000,
  giveUpAfterMs: 86_400_000,
};

/** A plan, without push. */
function plan(learn = true): PollSchedule & Pick<AdaptiveTiming, 'observe'> {
  const timing = learn ? new AdaptiveTiming() : undefined;
  const schedule = new PollSchedule({
    polling,
    timing,
    missing: rules,
    requestTimeoutMs: 10_000,
    pushStatus: { isUp: () => false, upSince: () => Infinity, markHalfOpen: () => undefined },
    random: () => 0.5,
    believableAt: ({ record }) => believableAt(record, rules),
  });
  return Object.assign(schedule, { observe: (transition: Transition) => timing?.observe(transition) });
}

/** Twenty messages whose `evidence` gave the end `tookMs` after they were sent. */
function teach(
  it: ReturnType<typeof plan>,
  after: Partial<DeliveryRecord>,
  before: Partial<DeliveryRecord> = {},
  fields: Partial<TrackedDelivery> = {},
): void {
  for (let i = 0; i < 20; i += 1) {
    const entry = Object.assign(trackedDelivery(after), fields);
    it.observe({ delivery: entry, before: pending(before), after: pending({ status: 'SENT', ...after }) });
  }
}

/** When it polls a message that was sent just now, in milliseconds from then. */
function firstLook(it: ReturnType<typeof plan>, fields: Partial<TrackedDelivery> = {}): number {
  const entry = Object.assign(trackedDelivery({ sentAt: now, trackedAt: now }), fields);
  return it.nextPollAt(entry) - now;
}

const tenSeconds: Partial<DeliveryRecord> = { evidence: 'websocket', settledAt: sentAt + 10 * SECOND };
/** The backoff's first poll. */
const unlearnt = 0.9 * polling.firstDelayMs;

describe('a latency of ten seconds', () => {
  it.each(['websocket', 'prefetch', 'status', 'list'] as const)(
    'observed by %s schedules the poll after that',
    (evidence) => {
      const it = plan();
      teach(it, { ...tenSeconds, evidence }, {}, { lastPendingAt: sentAt + 9.9 * SECOND });
      expect(firstLook(it)).toBeGreaterThan(9 * SECOND);
      expect(firstLook(it)).toBeLessThan(12 * SECOND);
    },
  );

  it('observed by a late poll is bounded only by the last poll that found it pending', () => {
    const exact = plan();
    teach(exact, tenSeconds, {}, { lastPendingAt: sentAt + 9.9 * SECOND });
    const vague = plan();
    teach(vague, { ...tenSeconds, evidence: 'status' }, {}, { lastPendingAt: sentAt + 5 * SECOND });
    expect(firstLook(vague)).not.toBe(firstLook(exact));
  });

  it('ends a denial at the first of its misses', () => {
    const it = plan();
    const missed = { missingCount: 1, lastMissingAt: sentAt + 10 * SECOND };
    teach(it, { evidence: 'missing', settledAt: sentAt + 40 * SECOND }, missed, {
      lastPendingAt: sentAt + 9.9 * SECOND,
    });
    expect(firstLook(it)).toBeLessThan(12 * SECOND);
    expect(firstLook(it)).toBeGreaterThan(9 * SECOND);
  });

  it('ends a denial with one required miss at that miss', () => {
    const it = plan();
    teach(it, { ...tenSeconds, evidence: 'missing' }, {}, { lastPendingAt: sentAt + 9.9 * SECOND });
    expect(firstLook(it)).toBeGreaterThan(9 * SECOND);
    expect(firstLook(it)).toBeLessThan(12 * SECOND);
  });

  it.each<[string, Partial<DeliveryRecord>, Partial<DeliveryRecord>]>([
    ['of an edit', { ...tenSeconds, isEdit: true }, {}],
    ['that has not ended', { ...tenSeconds, settledAt: undefined }, {}],
    ['that was not known to be pending', tenSeconds, { status: 'SENDING' }],
    ['without a source', { ...tenSeconds, evidence: undefined }, {}],
    ['whose end the send itself returned', { ...tenSeconds, evidence: 'send-response' }, {}],
    ['that was given up', { ...tenSeconds, evidence: 'deadline' as never }, {}],
  ])('is not learnt from a message %s', (_what, after, before) => {
    const it = plan();
    teach(it, after, before);
    expect(firstLook(it)).toBe(unlearnt);
  });

  it('is not learnt if learning is off', () => {
    const it = plan(false);
    teach(it, tenSeconds);
    expect(firstLook(it)).toBe(unlearnt);
  });

  it('leads to backoff after a planned poll without a result', () => {
    const it = plan();
    teach(it, tenSeconds);
    const lastAttemptAt = now + firstLook(it);
    expect(firstLook(it, { lastAttemptAt })).toBe(unlearnt);
    expect(firstLook(it, { lastAttemptAt: lastAttemptAt - 1 })).toBe(lastAttemptAt - now);
  });

  it('makes overdue deliveries polled within 400 ms', () => {
    const it = plan();
    teach(it, tenSeconds);
    const at = it.nextPollAt(trackedDelivery({ sentAt: now - 60 * SECOND, trackedAt: now - 60 * SECOND }));
    expect(at).toBe(now + 0.5 * 400);
  });
});

describe('a lost push connection', () => {
  const channels = Array.from({ length: 10 }, (_, i) => `channel-${i}`);
  /** The first poll of one message of each channel, in milliseconds from its send. */
  const firstPolls = (it: PollSchedule): number[] =>
    channels.map((channelArn) => it.nextPollAt(trackedDelivery({ channelArn, sentAt: now, trackedAt: now })) - now);

  it('gives two channels new schedules at once, and others use the tracker-wide one until their next poll', () => {
    const it = plan();
    channels.forEach((channelArn, i) => {
      teach(it, { channelArn, evidence: 'websocket', settledAt: sentAt + (i + 1) * 5 * SECOND });
    });
    const isOwn = (at: number, i: number): boolean => at >= (i + 1) * 5 * SECOND && at < (i + 1) * 5.25 * SECOND;
    const planned = [firstPolls(it).map(isOwn)];
    for (let turn = 0; turn < 4; turn += 1) {
      jest.advanceTimersByTime(50);
      planned.push(firstPolls(it).map(isOwn));
    }
    expect(planned[0]?.slice(0, 2)).toEqual([true, true]);
    expect(planned[0]?.filter(Boolean).length).toBeLessThan(5);
    expect(planned.at(-1)).toEqual(channels.map(() => true));
  });
});

describe('observed processing times', () => {
  const hours = { evidence: 'status', settledAt: sentAt + 10 * HOUR } as const;

  it('do not include those of an earlier session, whose ages are by the wall clock', () => {
    const it = plan();
    teach(it, { ...hours, restoredAt: sentAt }, {}, { lastPendingAt: sentAt + 9.9 * HOUR });
    teach(it, { ...hours, restoredAt: sentAt, evidence: 'websocket' });
    expect(firstLook(it)).toBe(unlearnt);
  });

  it('do not include an outcome that was found hours after the last poll', () => {
    const it = plan();
    teach(it, hours);
    teach(it, hours, {}, { lastPendingAt: sentAt + 10 * SECOND });
    expect(firstLook(it)).toBe(unlearnt);
  });

  it('of hours delay a poll by a minute, or by the age of the message', () => {
    const it = plan();
    teach(it, hours, {}, { lastPendingAt: sentAt + 9.9 * HOUR });
    expect(firstLook(it)).toBe(60 * SECOND);
    const entry = Object.assign(trackedDelivery({ sentAt: now - HOUR, trackedAt: now - HOUR }), { lastPendingAt: now });
    expect(it.nextPollAt(entry) - now).toBe(HOUR);
  });
});

describe('a message that was held back before it left', () => {
  it('is polled first as soon as one that was never held', () => {
    const held = trackedDelivery({ trackedAt: now - 660 * SECOND, sentAt: now });
    expect(plan().nextPollAt(held) - now).toBe(unlearnt);
  });
});

describe('a miss', () => {
  /** The delay of the next poll, for a message that was sent so long ago. */
  function confirmed(fields: Partial<DeliveryRecord>, ageMs: number, isAnswered = true): number {
    const delivery = trackedDelivery({ sentAt: now - ageMs, missingCount: 1, lastMissingAt: now, ...fields });
    return Math.round(plan().confirmationAt(delivery, isAnswered) - now);
  }

  it('of a message that was seen is confirmed by the next poll as soon as possible', () => {
    expect([500, 5_000, 50_000].map((ageMs) => confirmed({ seen: true }, ageMs))).toEqual([1_550, 1_050, 1_050]);
  });

  it('of a message that was never seen is followed by polls at about twice the age each, until it may be trusted', () => {
    expect(confirmed({}, 500)).toBe(1_050);
    expect(confirmed({}, 2_000)).toBe(2_050);
    expect(confirmed({}, 4_500)).toBe(4_550);
    expect(confirmed({}, 8_000)).toBe(2_050);
    expect(confirmed({}, 20_000)).toBe(1_050);
  });

  it('without a response to its confirmation is confirmed within half of the time since', () => {
    const waited = [0, 8_000, 60_000].map((ms) => confirmed({ seen: true, lastMissingAt: now - ms }, HOUR, false));
    expect(waited).toEqual([1_050, 4_050, 30_050]);
  });

  it('whose confirmation is refused is confirmed within 15 s, and then ever more slowly', () => {
    const after = [2, 3, 4].map((missingCount) => confirmed({ seen: true, missingCount }, HOUR));
    expect(after).toEqual([15_050, 30_050, 60_050]);
  });
});

describe('an edit', () => {
  it('is read again no later than when its reads end, unless it was seen pending', () => {
    const edit = { isEdit: true, missingMeansDenied: false, sentAt: now - 59_900 };
    const tried = { tries: 10, lastAttemptAt: now };
    const at = (fields: Partial<DeliveryRecord>): number =>
      plan().nextEditReadAt(Object.assign(trackedDelivery({ ...edit, ...fields }), tried)) - now;
    expect(at({})).toBe(100);
    expect(at({ sentAt: now - 60_000 })).toBe(50);
    expect(at({ seen: true })).toBeGreaterThan(5_000);
  });
});

describe('the delay of an individual poll, for which a page may come instead', () => {
  const aged = (ageMs: number, fields: Partial<DeliveryRecord> = {}): TrackedDelivery =>
    trackedDelivery({ sentAt: now - ageMs, trackedAt: now - ageMs, ...fields });

  it('grows by the square root of the age, and in old age by the age', () => {
    const delays = [SECOND, 4 * SECOND, HOUR, 2 * HOUR].map((ageMs) => plan(false).individualDelay(aged(ageMs)) ?? NaN);
    const [young = NaN, twice = NaN, old = NaN, older = NaN] = delays;
    expect(twice / young).toBeCloseTo(2);
    expect(older / old).toBeCloseTo(2);
    expect(old).toBeGreaterThan(HOUR / 8);
  });

  it('is the learnt one where there is one', () => {
    const learnt = plan();
    teach(learnt, tenSeconds);
    const delay = learnt.individualDelay(Object.assign(aged(SECOND), { lastPendingAt: now })) ?? NaN;
    expect(delay).toBeGreaterThan(8 * SECOND);
    expect(delay).toBeLessThan(11 * SECOND);
  });

  it('does not exist for an edit', () => {
    expect(plan(false).individualDelay(aged(SECOND, { isEdit: true }))).toBeUndefined();
  });
});
