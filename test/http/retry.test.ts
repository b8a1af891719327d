import { describe, expect, it, jest } from '@jest/globals';
import { retry } from '../../src/http/retry.ts';
import { useFakeTime } from '../support/fake-time.ts';

useFakeTime();

const options = { retries: 3, minTimeoutMs: 250, maxTimeoutMs: 4_000 };
const outage = new Error('outage');

/** Runs it with attempts that all fail; returns when each began, and how it ended. */
async function story(again: (error: Error) => boolean, given = options): Promise<{ times: number[]; end: unknown }> {
  const start = Date.now();
  const times: number[] = [];
  let end: unknown;
  const failing = (): Promise<never> => {
    times.push(Date.now() - start);
    return Promise.reject(outage);
  };
  retry(failing, given, new AbortController().signal, again).catch((error: unknown) => (end = error));
  await jest.advanceTimersByTimeAsync(600_000);
  return { times, end };
}

describe('short retries', () => {
  it('are as many as requested, further apart each time, and end with the last error', async () => {
    const { times, end } = await story(() => true);
    expect(end).toBe(outage);
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(pauses).toHaveLength(3);
    for (const [index, least] of [250, 500, 1_000].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(least);
      expect(pauses[index]).toBeLessThanOrEqual(2 * least);
    }
  });

  it('never wait longer than the maximum', async () => {
    const { times } = await story(() => true, { retries: 8, minTimeoutMs: 250, maxTimeoutMs: 1_000 });
    expect(times).toHaveLength(9);
    expect(times.at(-1)).toBeLessThanOrEqual(8_000);
  });

  it('are skipped if none are requested', async () => {
    expect((await story(() => true, { ...options, retries: 0 })).times).toHaveLength(1);
  });

  it('are skipped for an error that is not retryable', async () => {
    expect((await story(() => false)).times).toHaveLength(1);
  });

  it('end with the reason of an abort, and leave no timer', async () => {
    const off = new AbortController();
    const reason = new Error('called off');
    const end = retry(
      () => Promise.reject(outage),
      options,
      off.signal,
      () => true,
    ).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(10);
    off.abort(reason);
    expect(await end).toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([true, false])(
    'are not needed if the first attempt succeeds, and an abort before that still counts: %p',
    async (isAborted) => {
      const off = new AbortController();
      const listen = jest.spyOn(off.signal, 'addEventListener');
      let attempts = 0;
      const end = retry(
        () => {
          attempts += 1;
          if (isAborted) off.abort(outage);
          return Promise.resolve('done');
        },
        options,
        off.signal,
        () => true,
      ).catch((error: unknown) => error);
      expect(await end).toBe(isAborted ? outage : 'done');
      expect([attempts, listen.mock.calls.length, jest.getTimerCount()]).toEqual([1, 0, 0]);
    },
  );

  it('never begin for an aborted request', async () => {
    let attempts = 0;
    const attempt = (): Promise<void> => Promise.resolve(void (attempts += 1));
    await expect(retry(attempt, options, AbortSignal.abort(outage), () => true)).rejects.toBe(outage);
    expect(attempts).toBe(0);
  });

  it('are skipped for a rejection that is not an error', async () => {
    const end = retry(
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- an app's signal may have any reason
      () => Promise.reject('called off'),
      options,
      new AbortController().signal,
      () => true,
    );
    await expect(end).rejects.toBe('called off');
  });
});
