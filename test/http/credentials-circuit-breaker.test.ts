import { describe, expect, it, jest } from '@jest/globals';
import { CredentialsBreaker } from '../../src/http/credentials-circuit-breaker.ts';
import { useFakeTime } from '../support/fake-time.ts';

useFakeTime();

const minute = 60_000;
const hour = 60 * minute;

/** A suspension, the story of its events, and the times at which a probe could leave. */
function suspend(random = 1): { breaker: CredentialsBreaker; story: string[]; openings: number[] } {
  const start = Date.now();
  const story: string[] = [];
  const openings: number[] = [];
  const breaker = new CredentialsBreaker({
    random: () => random,
    onProbeAllowed: () => openings.push(Date.now() - start),
    onSuspended: (error) => story.push(`suspended: ${String(error)}`),
    onResumed: () => story.push('resumed'),
  });
  return { breaker, story, openings };
}

describe('a suspension', () => {
  it('lets every request pass before it begins', () => {
    const { breaker, story } = suspend();
    expect([breaker.allowance, breaker.onDispatch()]).toEqual([Infinity, false]);
    breaker.onSuccess();
    breaker.onProbeDone();
    breaker.probeNow();
    expect([story, jest.getTimerCount()]).toEqual([[], 0]);
  });

  it('begins once, however many responses require it, and ends once', () => {
    const { breaker, story } = suspend();
    for (let i = 0; i < 3; i += 1) breaker.onRejected(`error ${i}`);
    for (let i = 0; i < 3; i += 1) breaker.onSuccess();
    breaker.onRejected('error again');
    expect(story).toEqual(['suspended: error 0', 'resumed', 'suspended: error again']);
    breaker.close();
  });

  it('stops every request, then allows one probe, then nothing until that has ended', () => {
    const { breaker } = suspend();
    breaker.onRejected('expired');
    expect(breaker.allowance).toBe(0);
    jest.advanceTimersByTime(1_000);
    expect([breaker.allowance, breaker.onDispatch(), breaker.allowance]).toEqual([1, true, 0]);
    jest.advanceTimersByTime(hour);
    expect(breaker.allowance).toBe(0);
    breaker.onProbeDone();
    jest.advanceTimersByTime(5 * minute);
    expect(breaker.allowance).toBe(1);
    breaker.close();
  });

  it.each([0, 0.5, 0.999])('probes ever more rarely, but at least every 5 minutes (random %d)', (random) => {
    const { breaker, openings } = suspend(random);
    breaker.onRejected('expired');
    const end = Date.now() + 24 * hour;
    while (Date.now() < end) {
      jest.advanceTimersByTime(100);
      if (breaker.allowance === 0) continue;
      breaker.onDispatch();
      breaker.onProbeDone();
    }
    const pauses = openings.slice(1).map((at, index) => at - (openings[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * minute + 100);
    expect(pauses.slice(-10).every((pause) => pause >= 2.5 * minute)).toBe(true);
    breaker.close();
  });

  it('allows a probe at once after a wake signal, at most once a second', () => {
    const { breaker, openings } = suspend();
    breaker.onRejected('expired');
    breaker.probeNow();
    breaker.onDispatch();
    breaker.onProbeDone();
    for (let i = 0; i < 9; i += 1) {
      jest.advanceTimersByTime(50);
      breaker.probeNow();
    }
    expect(openings).toEqual([0]);
    jest.advanceTimersByTime(550);
    breaker.probeNow();
    expect(openings).toHaveLength(2);
    breaker.close();
  });

  it('can be hurried although the clock was set back', () => {
    const { breaker } = suspend();
    breaker.onRejected('expired');
    jest.advanceTimersByTime(1_000);
    breaker.onDispatch();
    breaker.onProbeDone();
    jest.setSystemTime(Date.now() - hour);
    jest.advanceTimersByTime(200_000);
    breaker.onDispatch();
    breaker.onProbeDone();
    jest.setSystemTime(Date.now() - hour);
    jest.advanceTimersByTime(1_000);
    breaker.probeNow();
    expect(breaker.allowance).toBe(1);
    breaker.close();
  });

  it('leaves no timer after close, even if a probe ends only then', () => {
    const { breaker } = suspend();
    breaker.onRejected('expired');
    jest.advanceTimersByTime(1_000);
    breaker.onDispatch();
    breaker.close();
    breaker.onProbeDone();
    breaker.probeNow();
    expect(jest.getTimerCount()).toBe(0);
  });
});
