/**
 * Virtual time: a scene of minutes runs in as long as its work takes, and the same seed gives the same scene. Clock, timers and
 * `Math.random` are replaced while a scene runs; promises, and `setImmediate`, are the machine's own.
 */
import { install } from '@sinonjs/fake-timers';
import type { World } from '../../src/emulator/service/world.ts';
import { alignTimers, type Clock } from './aligned-timers.ts';
import { chance } from './chance.ts';

export interface VirtualTime extends World {
  /** Lets time pass, with all that is due in it. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until it is done, for at most `limitMs`; returns whether it is. */
  passUntil(isDone: () => boolean, limitMs: number): Promise<boolean>;
  /** The machine sleeps: the clock goes on, the timers do not. */
  sleep(ms: number): void;
}

export interface VirtualOptions {
  readonly seed: number;
  /** Every timer of the scene fires at the next full multiple of this, as in a hidden tab. The world's own do not. */
  readonly alignMs?: number | undefined;
}

const BEGIN = Date.UTC(2026, 0, 1);
const nextTurn = setImmediate;

export async function inVirtualTime<T>(
  { seed, alignMs }: VirtualOptions,
  scene: (time: VirtualTime) => Promise<T>,
): Promise<T> {
  const clock = install({
    now: BEGIN,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const ownRandom = Math.random;
  Math.random = chance(seed);
  const unalign = alignMs === undefined ? undefined : alignTimers(clock, alignMs);
  try {
    return await scene(timeOf(clock, chance(seed + 1)));
  } finally {
    Math.random = ownRandom;
    unalign?.();
    clock.uninstall();
  }
}

function timeOf(clock: Clock, random: () => number): VirtualTime {
  async function passUntil(isDone: () => boolean, limitMs: number): Promise<boolean> {
    // The clock keeps whole milliseconds.
    const end = clock.now + Math.ceil(limitMs);
    // A timer is due at the end, or time would not get there.
    const stop = clock.setTimeout(() => undefined, Math.ceil(limitMs));
    await settle();
    while (!isDone() && clock.now < end) {
      clock.next();
      await settle();
    }
    clock.clearTimeout(stop);
    return isDone();
  }
  return {
    now: () => clock.now,
    random,
    after: (ms, task) => {
      const timer = clock.setTimeout(task, ms);
      return () => clock.clearTimeout(timer);
    },
    pass: async (ms) => void (await passUntil(() => false, ms)),
    passUntil,
    sleep: (ms) => clock.setSystemTime(clock.now + ms),
  };
}

/** All immediate consequences: whole chains of promises, the SDK's included. */
function settle(): Promise<void> {
  return new Promise((resolve) => void nextTurn(resolve));
}
