/** Schedules without learning. Each is a rule for the age of the next poll; randomness is a parameter. */
import { nextDelay } from '../../src/poll/backoff.ts';
import { defaultPolling } from '../support/default-polling.ts';
import type { Schedule } from './cost.ts';

const polling = { ...defaultPolling, giveUpAfterMs: Infinity };

/** This library with `learn: false`, without push. */
export function plainBackoff(random: () => number): Schedule {
  return (age, looks) => {
    const moment = { attempts: looks, ageMs: age * 1_000, sinceLastPollMs: looks > 0 ? 0 : Infinity, pushUp: false };
    return age + nextDelay(moment, polling, random()) / 1_000;
  };
}

/**
 * `@smithy/util-waiter` with the defaults of the AWS SDK's waiters, `minDelay` 2 s and `maxDelay` 120 s. It polls at
 * once, then after delays drawn evenly between 2 s and a ceiling that doubles from 2 s; once the ceiling would pass 120
 * s, after 120 s.
 */
export function utilWaiter(random: () => number): Schedule {
  const [least, most] = [2, 120];
  const ceilings = Math.log2(most / least) + 1;
  return (age, looks) => {
    if (looks === 0) return 0;
    return age + (looks > ceilings ? most : least + random() * (Math.min(most, least * 2 ** (looks - 1)) - least));
  };
}

/** From 1 s, doubled up to 30 s, half of each delay is random. */
export function exponentialBackoff(random: () => number): Schedule {
  return (age, looks) => age + Math.min(30, 2 ** looks) * (0.5 + 0.5 * random());
}

export function fixed(seconds: number): Schedule {
  return (age) => age + seconds;
}

export const contenders: Readonly<Record<string, (random: () => number) => Schedule>> = {
  '@smithy/util-waiter, 2 to 120 s': utilWaiter,
  'the same, later by its first delay': (random) => {
    const waiter = utilWaiter(random);
    return (age, looks) => waiter(age, looks + 1);
  },
  'exponential, 1 s × 2, cap 30 s, jitter': exponentialBackoff,
  'fixed, 1 s': () => fixed(1),
  'fixed, 2 s': () => fixed(2),
  'chime-delivery, learn: false': plainBackoff,
};
