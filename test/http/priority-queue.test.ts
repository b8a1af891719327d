import { describe, expect, it, jest } from '@jest/globals';
import Bottleneck from 'bottleneck/light.js';
import type { Priority } from '../../src/core/ports/http.ts';
import { limiterKit, type LimiterKit } from '../support/limiter-kit.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { alice } from '../support/delivery-record.ts';

useFakeTime();

const slow = { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 };
/** The time of one request at that rate. */
const REQUEST_MS = 1_200;

/** Keeps one request of each of `lanes` waiting, and returns the lanes of the next requests by their first letters. */
async function turns(
  lanes: readonly Priority[],
  count: number,
  { limiter }: LimiterKit = limiterKit(slow),
): Promise<string> {
  const off = new AbortController();
  let story = '';
  const enter = async (lane: Priority): Promise<void> => {
    const permit = await limiter.acquire(alice, lane, off.signal);
    story += lane[0];
    if (story.length >= count) return off.abort();
    void enter(lane).catch(() => undefined);
    permit.release();
  };
  for (const lane of lanes) void enter(lane).catch(() => undefined);
  await pass((count + 1) * REQUEST_MS);
  return story;
}

function shareOf(lane: string, story: string): number {
  return (story.split(lane).length - 1) / story.length;
}

describe('while sends queue without end', () => {
  it('polls get every fifth turn', async () => {
    expect(await turns(['send', 'poll'], 12)).toBe('sssspsssspss');
  });

  it('reconciles and polls get a fifth each, and sends the rest', async () => {
    const story = await turns(['send', 'reconcile', 'poll'], 500);
    expect([shareOf('s', story), shareOf('r', story), shareOf('p', story)].map((share) => share.toFixed(2))).toEqual([
      '0.60',
      '0.20',
      '0.20',
    ]);
  });
});

describe('while reconciles queue without end', () => {
  it('polls get every fifth turn', async () => {
    expect(await turns(['reconcile', 'poll'], 12)).toBe('rrrrprrrrprr');
  });
});

describe('a lane', () => {
  it('that waits for less than five turns comes after all that are more urgent', async () => {
    const kit = limiterKit(slow);
    kit.request('first');
    for (const priority of ['poll', 'send', 'send', 'send'] as const) kit.request(priority, { priority });
    kit.request('poll');
    await pass(10 * REQUEST_MS);
    expect(kit.dispatched.map(({ who }) => who)).toEqual(['first', 'send', 'send', 'send', 'poll', 'poll']);
  });

  it('saves up no turns while it is empty', async () => {
    const kit = limiterKit(slow);
    const off = new AbortController();
    kit.request('first');
    kit.request('gone', { signal: off.signal });
    for (let i = 0; i < 3; i += 1) kit.request('send', { priority: 'send' });
    await pass(3.5 * REQUEST_MS);
    off.abort();
    kit.request('send', { priority: 'send' });
    await pass(REQUEST_MS);
    expect(kit.dispatched).toHaveLength(5);
    expect(await turns(['send', 'poll'], 5, kit)).toBe('ssssp');
  });

  it('gets its turn although its longest-waiting caller has left', async () => {
    const kit = limiterKit(slow);
    const off = new AbortController();
    kit.request('gone', { signal: off.signal });
    kit.request('poll');
    for (let i = 0; i < 8; i += 1) kit.request('send', { priority: 'send' });
    await pass(2 * REQUEST_MS);
    off.abort();
    await pass(4 * REQUEST_MS);
    expect(kit.dispatched.map(({ who }) => who)).toContain('poll');
  });

  it('leaves no jobs behind in the queue, neither for turns nor for callers that left', async () => {
    const schedule = jest.spyOn(Bottleneck.prototype, 'schedule');
    const kit = limiterKit(slow);
    for (let i = 0; i < 100; i += 1) {
      const off = new AbortController();
      kit.request('gone', { signal: off.signal });
      await pass(10);
      off.abort();
    }
    expect(schedule.mock.calls.length).toBeLessThanOrEqual(3);
    schedule.mockClear();
    await turns(['send', 'poll'], 100, kit);
    expect(schedule.mock.calls.length).toBeLessThanOrEqual(105);
  });
});
