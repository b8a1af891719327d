import { describe, expect, it } from '@jest/globals';
import { pass, useFakeTime, within } from '../support/fake-time.ts';
import { alice } from '../support/delivery-record.ts';
import { hang, httpKit } from '../support/http-kit.ts';
import { ok, sdkError, serviceError } from '../support/sdk-errors.ts';

useFakeTime();

const outage = serviceError('ServiceFailureException', 500);
const throttle = serviceError('ThrottledClientException', 429);
const skewed = serviceError('RequestTimeTooSkewed', 403);

describe('a request on the network', () => {
  it('returns the response of the service', async () => {
    const output = ok({ Status: { Value: 'SENT' } });
    const { run, story } = httpKit(() => output);
    expect(await within(100, run())).toEqual({ ok: true, output });
    expect(story).toEqual(['1 status']);
  });

  it('makes a new command for each attempt', async () => {
    const { run, commands } = httpKit((nth) => (nth < 3 ? outage : ok()));
    await within(10_000, run({ command: () => ({ name: 'one of its own' }) }));
    expect([commands.length, new Set(commands).size]).toEqual([3, 3]);
  });

  it.each([
    ['a 500', outage],
    ['a lost network', new TypeError('Failed to fetch')],
    ['a network error in Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['a reset connection', sdkError('Error', { code: 'ECONNRESET' })],
    ['a page that is not JSON', sdkError('SyntaxError', { $metadata: { httpStatusCode: 403 } })],
    ['a foreign abort', sdkError('AbortError')],
  ])('is retried three times after %s, then left to its sender', async (_name, error) => {
    const { run, requests } = httpKit(() => error);
    expect(await within(60_000, run())).toMatchObject({ ok: false, failure: { kind: 'unreachable', error } });
    expect(requests).toHaveLength(4);
    expect(requests[1]).toBeGreaterThanOrEqual(250);
    expect(requests[3]).toBeLessThan(4_000);
  });

  it.each([
    ['not-found', serviceError('NotFoundException', 404)],
    ['invalid', serviceError('BadRequestException', 400)],
    ['forbidden', serviceError('ForbiddenException', 403)],
    ['conflict', serviceError('ConflictException', 409)],
    ['credentials', serviceError('ExpiredTokenException', 403)],
  ])('ends with %s, and is not retried', async (kind, error) => {
    const { run, requests } = httpKit(() => error);
    expect(await within(10_000, run())).toMatchObject({ ok: false, failure: { kind, error } });
    expect(requests).toHaveLength(1);
  });

  it('abandons an attempt after the timeout, and retries', async () => {
    const { run, requests, signals } = httpKit((nth) => (nth === 1 ? hang : ok()));
    const result = within(20_000, run());
    expect(await result).toMatchObject({ ok: true });
    expect(requests).toHaveLength(2);
    expect(requests[1]).toBeGreaterThanOrEqual(10_250);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('is repeated once at once when the clock was wrong, and only then suspends', async () => {
    const once = httpKit((nth) => (nth === 1 ? skewed : ok()));
    expect(await within(100, once.run())).toMatchObject({ ok: true });
    expect(once.story).toEqual(['1 status', '1 status']);

    const always = httpKit(() => skewed);
    expect(await within(100, always.run())).toMatchObject({ ok: false, failure: { kind: 'clock-skew' } });
    expect(always.story).toEqual(['1 status', '1 status', 'suspended by RequestTimeTooSkewed']);
    always.http.close();
  });

  it('uses the permit that it was given, and acquires its own afterwards', async () => {
    const { run, http, requests } = httpKit((nth) => (nth === 1 ? outage : ok()), {
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
    });
    const [permit] = await Promise.all([http.acquire(alice, 'poll', new AbortController().signal), pass(50)]);
    await within(5_000, run({ permit }));
    expect(requests[0]).toBeLessThan(100);
    expect(requests[1]).toBeGreaterThanOrEqual(1_000);
  });

  it('reports each attempt and each failure to its sender', async () => {
    const { run } = httpKit((nth) => [outage, throttle, ok()][nth - 1]);
    const told: string[] = [];
    await within(
      20_000,
      run({ onAttempt: () => told.push('attempt'), onAttemptFailed: ({ kind }) => told.push(`failure: ${kind}`) }),
    );
    expect(told).toEqual(['attempt', 'failure: unreachable', 'attempt', 'failure: throttled', 'attempt']);
  });
});

describe('the budget of requests', () => {
  it('counts the attempts that the SDK made by itself, of responses and of errors', async () => {
    const output = { $metadata: { httpStatusCode: 200, requestId: 'r', attempts: 2 } };
    const error = serviceError('ServiceFailureException', 500, { attempts: 3 });
    const { run, story } = httpKit((nth) => (nth === 1 ? error : output));
    await within(20_000, run());
    expect(story).toEqual(['1 status', '2 status', '1 status', '1 status']);
  });

  it('includes those attempts: the next request waits until they are paid', async () => {
    const { run, requests } = httpKit(() => ({ $metadata: { attempts: 6 } }));
    await within(100, run());
    await within(10_000, run());
    // One was taken from the burst of five, five more were made: one is owed, and one is wanted.
    expect(requests[1]).toBeGreaterThanOrEqual(400);
  });

  it.each([NaN, Infinity, 1e12, -6, 2.5])('is not changed by %d attempts, which no SDK makes', async (attempts) => {
    const output = { $metadata: { requestId: 'r', attempts } };
    const error = serviceError('BadRequestException', 400, { attempts });
    const { run, requests, story } = httpKit((nth) => (nth % 2 === 1 ? error : output));
    await within(10_000, Promise.all(Array.from({ length: 10 }, () => run())));
    // Five at once, five more at 5/s.
    expect([story.length, requests.length]).toEqual([10, 10]);
    expect(requests.at(-1)).toBeLessThan(2_000);
  });

  it('is half the rate after a 429, after the requested pause', async () => {
    const { run, requests, story } = httpKit((nth) =>
      nth === 1 ? serviceError('ThrottledClientException', 429, { retryAfter: '7' }) : ok(),
    );
    expect(await within(30_000, run())).toMatchObject({ ok: true });
    expect(story).toEqual(['1 status', 'throttled to 2.5/s', '1 status']);
    expect(requests[1]).toBeGreaterThanOrEqual(7_000);
  });

  it('is never below half a request per second', async () => {
    const { run, story } = httpKit(() => throttle, { retry: { retries: 6, minTimeoutMs: 0, maxTimeoutMs: 0 } });
    await within(60_000, run());
    const rates = story.filter((line) => line.startsWith('throttled'));
    expect(rates.slice(0, 5)).toEqual([2.5, 1.25, 0.625, 0.5, 0.5].map((rate) => `throttled to ${rate}/s`));
  });
});
