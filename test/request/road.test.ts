import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { alice, bob } from '../support/known.ts';
import { hang, roadKit } from '../support/road-kit.ts';
import { ok, sdkError, serviceError } from '../support/sdk-errors.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
/** What a promise came to, while time passes. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'still waiting'> {
  const late = new Promise<'still waiting'>((resolve) => setTimeout(() => resolve('still waiting'), ms));
  const [answer] = await Promise.all([Promise.race([promise, late]), pass(ms)]);
  return answer;
}

const outage = serviceError('ServiceFailureException', 500);
const throttle = serviceError('ThrottledClientException', 429);
const expired = serviceError('ExpiredTokenException', 403);
const skewed = serviceError('RequestTimeTooSkewed', 403);

describe('a request on the road', () => {
  it('brings back what the service answered', async () => {
    const output = ok({ Status: { Value: 'SENT' } });
    const { run, story } = roadKit(() => output);
    expect(await within(100, run())).toEqual({ ok: true, output });
    expect(story).toEqual(['1 status']);
  });

  it('makes a new command for each attempt', async () => {
    const { run, commands } = roadKit((nth) => (nth < 3 ? outage : ok()));
    await within(10_000, run({ command: () => ({ name: 'one of its own' }) }));
    expect([commands.length, new Set(commands).size]).toEqual([3, 3]);
  });

  it.each([
    ['a 500', outage],
    ['a lost network', new TypeError('Failed to fetch')],
    ['a network error in Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['a reset connection', sdkError('Error', { code: 'ECONNRESET' })],
    ['a page that is not JSON', sdkError('SyntaxError', { $metadata: { httpStatusCode: 403 } })],
    ['an abort that none of us asked for', sdkError('AbortError')],
  ])('is tried three times more after %s, then left to its sender', async (_name, error) => {
    const { run, requests } = roadKit(() => error);
    expect(await within(60_000, run())).toMatchObject({ ok: false, trouble: { kind: 'road', error } });
    expect(requests).toHaveLength(4);
    expect(requests[1]).toBeGreaterThanOrEqual(250);
    expect(requests[3]).toBeLessThan(4_000);
  });

  it.each([
    ['not-found', serviceError('NotFoundException', 404)],
    ['invalid', serviceError('BadRequestException', 400)],
    ['forbidden', serviceError('ForbiddenException', 403)],
    ['conflict', serviceError('ConflictException', 409)],
    ['credentials', expired],
  ])('is answered by %s, and not tried again', async (kind, error) => {
    const { run, requests } = roadKit(() => error);
    expect(await within(10_000, run())).toMatchObject({ ok: false, trouble: { kind, error } });
    expect(requests).toHaveLength(1);
  });

  it('gives up an attempt after the time-out, and tries again', async () => {
    const { run, requests, signals } = roadKit((nth) => (nth === 1 ? hang : ok()));
    const answer = within(20_000, run());
    expect(await answer).toMatchObject({ ok: true });
    expect(requests).toHaveLength(2);
    expect(requests[1]).toBeGreaterThanOrEqual(10_250);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('goes out once more at once when the clock was wrong, and only then counts as suspended', async () => {
    const once = roadKit((nth) => (nth === 1 ? skewed : ok()));
    expect(await within(100, once.run())).toMatchObject({ ok: true });
    expect(once.story).toEqual(['1 status', '1 status']);

    const always = roadKit(() => skewed);
    expect(await within(100, always.run())).toMatchObject({ ok: false, trouble: { kind: 'skew' } });
    expect(always.story).toEqual(['1 status', '1 status', 'suspended by RequestTimeTooSkewed']);
    always.road.close();
  });

  it('uses the leave that it was given, and asks for its own afterwards', async () => {
    const { run, road, requests } = roadKit((nth) => (nth === 1 ? outage : ok()), {
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
    });
    const [permit] = await Promise.all([road.acquire(alice, 'poll', new AbortController().signal), pass(50)]);
    await within(5_000, run({ permit }));
    expect(requests[0]).toBeLessThan(100);
    expect(requests[1]).toBeGreaterThanOrEqual(1_000);
  });

  it('tells its sender of each attempt and each trouble', async () => {
    const { run } = roadKit((nth) => [outage, throttle, ok()][nth - 1]);
    const told: string[] = [];
    await within(
      20_000,
      run({ onAttempt: () => told.push('attempt'), onTrouble: ({ kind }) => told.push(`trouble: ${kind}`) }),
    );
    expect(told).toEqual(['attempt', 'trouble: road', 'attempt', 'trouble: throttled', 'attempt']);
  });
});

describe('what requests cost', () => {
  it('counts the attempts that the SDK made by itself, of answers and of errors', async () => {
    const output = { $metadata: { httpStatusCode: 200, requestId: 'r', attempts: 2 } };
    const error = serviceError('ServiceFailureException', 500, { attempts: 3 });
    const { run, story } = roadKit((nth) => (nth === 1 ? error : output));
    await within(20_000, run());
    expect(story).toEqual(['1 status', '2 status', '1 status', '1 status']);
  });

  it('includes those attempts: the next request waits until they are paid', async () => {
    const { run, requests } = roadKit(() => ({ $metadata: { attempts: 6 } }));
    await within(100, run());
    await within(10_000, run());
    // One was had from the burst of five, five more were made: one is owed, and one is wanted.
    expect(requests[1]).toBeGreaterThanOrEqual(400);
  });

  it('is half the rate after a 429, after the pause that the service asks for', async () => {
    const { run, requests, story } = roadKit((nth) =>
      nth === 1 ? serviceError('ThrottledClientException', 429, { retryAfter: '7' }) : ok(),
    );
    expect(await within(30_000, run())).toMatchObject({ ok: true });
    expect(story).toEqual(['1 status', 'throttled to 2.5/s', '1 status']);
    expect(requests[1]).toBeGreaterThanOrEqual(7_000);
  });

  it('is never below half a request per second', async () => {
    const { run, story } = roadKit(() => throttle, { retry: { retries: 6, minTimeoutMs: 0, maxTimeoutMs: 0 } });
    await within(60_000, run());
    const rates = story.filter((line) => line.startsWith('throttled'));
    expect(rates.slice(0, 5)).toEqual([2.5, 1.25, 0.625, 0.5, 0.5].map((rate) => `throttled to ${rate}/s`));
  });
});

describe('while the credentials are bad', () => {
  it('asks no more for anybody, and says so once', async () => {
    const { run, requests, story, road } = roadKit(() => expired);
    void run();
    void run({ chimeBearer: bob });
    await pass(50);
    void run();
    void run({ chimeBearer: bob });
    const before = requests.length;
    await pass(700);
    expect(requests).toHaveLength(before);
    expect(story.filter((line) => line.startsWith('suspended'))).toEqual(['suspended by ExpiredTokenException']);
    road.close();
  });

  it('tries again ever more rarely, and goes on for all once that works', async () => {
    const { run, requests, story } = roadKit((nth) => (nth <= 6 ? expired : ok()));
    const ask = async (): Promise<void> => {
      while (!(await run()).ok) await Promise.resolve();
    };
    void ask();
    await pass(60_000);
    expect(story.filter((line) => !line.endsWith('status'))).toEqual(['suspended by ExpiredTokenException', 'resumed']);
    const pauses = requests.slice(1).map((at, index) => at - (requests[index] ?? 0));
    expect(pauses.every((pause) => pause >= 1_000)).toBe(true);
    expect(pauses.slice(3).every((pause, index) => pause >= (pauses[index + 2] ?? 0))).toBe(true);
  });

  it('tries at once when there is a sign of change', async () => {
    const { run, requests, road } = roadKit((nth) => (nth === 1 ? expired : ok()));
    await within(100, run());
    void run();
    road.hurry();
    await pass(100);
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['a 404', serviceError('NotFoundException', 404)],
    ['no permission', serviceError('ForbiddenException', 403)],
    ['a 429', throttle],
  ])('%s shows that they work again', async (_name, answer) => {
    const { run, story, road } = roadKit((nth) => (nth === 1 ? expired : nth === 2 ? answer : ok()));
    await within(100, run());
    void run();
    await pass(3_000);
    expect(story).toContain('resumed');
    road.close();
  });

  it.each([
    ['an outage', outage],
    ['a lost network', new TypeError('Failed to fetch')],
  ])('%s shows nothing of them', async (_name, answer) => {
    const { run, story, road } = roadKit((nth) => (nth === 1 ? expired : answer));
    await within(100, run());
    void run();
    await pass(30_000);
    expect(story).not.toContain('resumed');
    road.close();
  });
});

describe('calling a request off', () => {
  const reason = new Error('no longer wanted');

  it.each([
    ['while it waits for the answer', 100, hang],
    ['while it waits for its next try', 100, outage],
  ])('%s ends it at once, and leaves no timer', async (_name, ms, reply) => {
    const { run, signals, requests, road } = roadKit(() => reply);
    const off = new AbortController();
    const atRest = jest.getTimerCount();
    const answer = run({ signal: off.signal });
    await pass(ms);
    off.abort(reason);
    expect(await answer).toMatchObject({ ok: false, trouble: { kind: 'aborted', error: reason } });
    expect(jest.getTimerCount()).toBe(atRest);
    expect(signals.map(({ aborted }) => aborted)).toEqual([reply === hang]);
    await pass(60_000);
    expect(requests).toHaveLength(1);
    road.close();
  });

  it('while it waits for leave makes no request', async () => {
    const { run, requests, road } = roadKit(() => ok(), {
      rateLimit: { requestsPerSecond: 0.1, burst: 1, maxConcurrent: 1 },
    });
    await within(100, run());
    const off = new AbortController();
    const answer = run({ signal: off.signal });
    await pass(100);
    off.abort(reason);
    expect(await answer).toMatchObject({ ok: false, trouble: { kind: 'aborted', error: reason } });
    await pass(60_000);
    expect(requests).toHaveLength(1);
    road.close();
  });

  it('before it began makes no request, and gives its leave back', async () => {
    const { run, requests, road } = roadKit(() => ok(), {
      rateLimit: { requestsPerSecond: 0.01, burst: 1, maxConcurrent: 1 },
    });
    const [permit] = await Promise.all([road.acquire(alice, 'poll', new AbortController().signal), pass(50)]);
    expect(await run({ permit, signal: AbortSignal.abort(reason) })).toMatchObject({ trouble: { kind: 'aborted' } });
    expect(await within(100, run())).toMatchObject({ ok: true });
    expect(requests).toHaveLength(1);
    road.close();
  });
});

describe('closing the road', () => {
  it.each([
    ['at rest', ok(), false],
    ['with a request under way', hang, false],
    ['while suspended', expired, false],
    ['while suspended, with the probe under way', hang, true],
  ])('%s leaves no timer', async (_name, reply, suspendedBefore) => {
    const { run, road } = roadKit((nth) => (suspendedBefore && nth === 1 ? expired : reply));
    const off = new AbortController();
    void run({ signal: off.signal });
    if (suspendedBefore) {
      await pass(100);
      void run({ signal: off.signal });
      await pass(2_000);
    }
    await pass(100);
    // As a tracker closes: its requests are called off, then the road is closed.
    off.abort();
    road.close();
    await pass(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});
