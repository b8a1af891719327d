import { describe, expect, it } from '@jest/globals';
import { pass, timersLeft, useFakeTime, within } from '../support/fake-time.ts';
import { alice, bob } from '../support/delivery-record.ts';
import { hang, httpKit } from '../support/http-kit.ts';
import { ok, serviceError } from '../support/sdk-errors.ts';

useFakeTime();

const outage = serviceError('ServiceFailureException', 500);
const throttle = serviceError('ThrottledClientException', 429);
const expired = serviceError('ExpiredTokenException', 403);

describe('bad credentials', () => {
  it('stop all requests, and are reported once for each bearer', async () => {
    const { run, requests, story, http } = httpKit(() => expired);
    void run();
    void run({ chimeBearer: bob });
    await pass(50);
    void run();
    void run({ chimeBearer: bob });
    const before = requests.length;
    await pass(700);
    expect(requests).toHaveLength(before);
    expect(story.filter((line) => line.startsWith('suspended'))).toEqual([
      'suspended by ExpiredTokenException',
      'suspended by ExpiredTokenException',
    ]);
    http.close();
  });

  it('are probed ever more rarely, and all requests resume when they work', async () => {
    const { run, requests, story } = httpKit((nth) => (nth <= 6 ? expired : ok()));
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

  it('are probed at once after a wake signal', async () => {
    const { run, requests, http } = httpKit((nth) => (nth === 1 ? expired : ok()));
    await within(100, run());
    void run();
    http.probeNow();
    await pass(100);
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['a 404', serviceError('NotFoundException', 404)],
    ['no permission', serviceError('ForbiddenException', 403)],
    ['a 429', throttle],
  ])('work again after %s', async (_name, answer) => {
    const { run, story, http } = httpKit((nth) => (nth === 1 ? expired : nth === 2 ? answer : ok()));
    await within(100, run());
    void run();
    await pass(3_000);
    expect(story).toContain('resumed');
    http.close();
  });

  it.each([
    ['an outage', outage],
    ['a lost network', new TypeError('Failed to fetch')],
  ])('are still bad after %s', async (_name, answer) => {
    const { run, story, http } = httpKit((nth) => (nth === 1 ? expired : answer));
    await within(100, run());
    void run();
    await pass(30_000);
    expect(story).not.toContain('resumed');
    http.close();
  });
});

describe('an aborted request', () => {
  const reason = new Error('no longer wanted');

  it.each([
    ['that waits for the response', 100, hang],
    ['that waits for its next attempt', 100, outage],
  ])('%s ends at once, and leaves no timer', async (_name, ms, reply) => {
    const { run, signals, requests, http } = httpKit(() => reply);
    const off = new AbortController();
    const atRest = timersLeft();
    const result = run({ signal: off.signal });
    await pass(ms);
    off.abort(reason);
    expect(await result).toMatchObject({ ok: false, failure: { kind: 'aborted', error: reason } });
    expect(timersLeft()).toBe(atRest);
    expect(signals.map(({ aborted }) => aborted)).toEqual([reply === hang]);
    await pass(60_000);
    expect(requests).toHaveLength(1);
    http.close();
  });

  it('that waits for a permit is never made', async () => {
    const { run, requests, http } = httpKit(() => ok(), {
      rateLimit: { requestsPerSecond: 0.1, burst: 1, maxConcurrent: 1 },
    });
    await within(100, run());
    const off = new AbortController();
    const result = run({ signal: off.signal });
    await pass(100);
    off.abort(reason);
    expect(await result).toMatchObject({ ok: false, failure: { kind: 'aborted', error: reason } });
    await pass(60_000);
    expect(requests).toHaveLength(1);
    http.close();
  });

  it('that had not begun is never made, and returns its permit', async () => {
    const { run, requests, http } = httpKit(() => ok(), {
      rateLimit: { requestsPerSecond: 0.01, burst: 1, maxConcurrent: 1 },
    });
    const [permit] = await Promise.all([http.acquire(alice, 'poll', new AbortController().signal), pass(50)]);
    expect(await run({ permit, signal: AbortSignal.abort(reason) })).toMatchObject({ failure: { kind: 'aborted' } });
    expect(await within(100, run())).toMatchObject({ ok: true });
    expect(requests).toHaveLength(1);
    http.close();
  });
});

describe('a closed http client', () => {
  it.each([
    ['at rest', ok(), false],
    ['with a request in flight', hang, false],
    ['while suspended', expired, false],
    ['while suspended, with the probe in flight', hang, true],
  ])('%s leaves no timer', async (_name, reply, suspendedBefore) => {
    const { run, http } = httpKit((nth) => (suspendedBefore && nth === 1 ? expired : reply));
    const off = new AbortController();
    void run({ signal: off.signal });
    if (suspendedBefore) {
      await pass(100);
      void run({ signal: off.signal });
      await pass(2_000);
    }
    await pass(100);
    // As a tracker closes: its requests are aborted, then the http client is closed.
    off.abort();
    http.close();
    await pass(0);
    expect(timersLeft()).toBe(0);
  });
});
