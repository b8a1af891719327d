import { describe, expect, it, jest } from '@jest/globals';
import { Suspension } from '../../src/request/suspension.ts';
import { useFakeTime } from '../support/fake-time.ts';

useFakeTime();

const minute = 60_000;
const hour = 60 * minute;

/** A suspension, the story of what it told, and the times at which a probe could leave. */
function suspend(random = 1): { suspension: Suspension; story: string[]; openings: number[] } {
  const start = Date.now();
  const story: string[] = [];
  const openings: number[] = [];
  const suspension = new Suspension({
    random: () => random,
    onOpening: () => openings.push(Date.now() - start),
    onSuspended: (error) => story.push(`suspended: ${String(error)}`),
    onResumed: () => story.push('resumed'),
  });
  return { suspension, story, openings };
}

describe('a suspension', () => {
  it('lets everything pass before it begins', () => {
    const { suspension, story } = suspend();
    expect([suspension.allowance, suspension.left()]).toEqual([Infinity, false]);
    suspension.answered();
    suspension.probed();
    suspension.hurry();
    expect([story, jest.getTimerCount()]).toEqual([[], 0]);
  });

  it('begins once, however many answers say so, and ends once', () => {
    const { suspension, story } = suspend();
    for (let i = 0; i < 3; i += 1) suspension.refused(`error ${i}`);
    for (let i = 0; i < 3; i += 1) suspension.answered();
    suspension.refused('error again');
    expect(story).toEqual(['suspended: error 0', 'resumed', 'suspended: error again']);
    suspension.close();
  });

  it('stops everything, then allows one probe, then nothing until that has ended', () => {
    const { suspension } = suspend();
    suspension.refused('expired');
    expect(suspension.allowance).toBe(0);
    jest.advanceTimersByTime(1_000);
    expect([suspension.allowance, suspension.left(), suspension.allowance]).toEqual([1, true, 0]);
    jest.advanceTimersByTime(hour);
    expect(suspension.allowance).toBe(0);
    suspension.probed();
    jest.advanceTimersByTime(5 * minute);
    expect(suspension.allowance).toBe(1);
    suspension.close();
  });

  it.each([0, 0.5, 0.999])(
    'probes ever more rarely, but never less often than every 5 minutes (random %d)',
    (random) => {
      const { suspension, openings } = suspend(random);
      suspension.refused('expired');
      const end = Date.now() + 24 * hour;
      while (Date.now() < end) {
        jest.advanceTimersByTime(100);
        if (suspension.allowance === 0) continue;
        suspension.left();
        suspension.probed();
      }
      const pauses = openings.slice(1).map((at, index) => at - (openings[index] ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * minute + 100);
      expect(pauses.slice(-10).every((pause) => pause >= 2.5 * minute)).toBe(true);
      suspension.close();
    },
  );

  it('opens at once when there is a sign of change, at most once a second', () => {
    const { suspension, openings } = suspend();
    suspension.refused('expired');
    suspension.hurry();
    suspension.left();
    suspension.probed();
    for (let i = 0; i < 9; i += 1) {
      jest.advanceTimersByTime(50);
      suspension.hurry();
    }
    expect(openings).toEqual([0]);
    jest.advanceTimersByTime(550);
    suspension.hurry();
    expect(openings).toHaveLength(2);
    suspension.close();
  });

  it('can be hurried although the clock was set back', () => {
    const { suspension } = suspend();
    suspension.refused('expired');
    jest.advanceTimersByTime(1_000);
    suspension.left();
    suspension.probed();
    jest.setSystemTime(Date.now() - hour);
    jest.advanceTimersByTime(200_000);
    suspension.left();
    suspension.probed();
    jest.setSystemTime(Date.now() - hour);
    jest.advanceTimersByTime(1_000);
    suspension.hurry();
    expect(suspension.allowance).toBe(1);
    suspension.close();
  });

  it('leaves no timer after close, even if a probe ends only then', () => {
    const { suspension } = suspend();
    suspension.refused('expired');
    jest.advanceTimersByTime(1_000);
    suspension.left();
    suspension.close();
    suspension.probed();
    suspension.hurry();
    expect(jest.getTimerCount()).toBe(0);
  });
});
