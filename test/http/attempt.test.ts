import { describe, expect, it, jest } from '@jest/globals';
import { ChimeSDKMessagingClient, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { attempt } from '../../src/http/attempt.ts';
import { channel } from '../support/delivery-record.ts';
import { serviceError } from '../support/sdk-errors.ts';
import { useFakeTime } from '../support/fake-time.ts';

useFakeTime();

const deaf = { send: (): Promise<never> => new Promise(() => undefined) };
const reason = new Error('called off');

/** The result of a promise, after some time. */
async function endOf(promise: Promise<unknown>, ms: number): Promise<unknown> {
  const ends: unknown[] = [];
  promise.then(
    (value) => ends.push(value),
    (error: unknown) => ends.push(error),
  );
  await jest.advanceTimersByTimeAsync(ms);
  return ends[0] ?? 'still under way';
}

describe('one request', () => {
  it('returns the response, and leaves no timer or listener', async () => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    expect(await attempt({ send: () => Promise.resolve('answer') }, {}, 1_000, signal)).toBe('answer');
    expect(jest.getTimerCount()).toBe(0);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });

  it.each([
    ['rejects', () => Promise.reject(reason)],
    [
      'throws',
      () => {
        throw reason;
      },
    ],
  ])('ends with the very error of a client that %s', async (_name, send) => {
    await expect(attempt({ send }, {}, 1_000, new AbortController().signal)).rejects.toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends after the timeout, whatever the client does', async () => {
    const end = await endOf(attempt(deaf, {}, 1_000, new AbortController().signal), 1_000);
    expect(end).toMatchObject({ code: 'REQUEST_TIMEOUT', timeoutMs: 1_000 });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('passes an abort on to the client, and ends at once with its reason', async () => {
    const off = new AbortController();
    const given: AbortSignal[] = [];
    const send = (_command: object, options?: { abortSignal?: AbortSignal }): Promise<never> => {
      if (options?.abortSignal !== undefined) given.push(options.abortSignal);
      return new Promise(() => undefined);
    };
    const request = attempt({ send }, {}, 1_000, off.signal);
    off.abort(reason);
    await expect(request).rejects.toBe(reason);
    expect(given.map((signal) => [signal.aborted, signal.reason])).toEqual([[true, reason]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that was aborted before it began ends at once as well', async () => {
    expect(await endOf(attempt(deaf, {}, 1_000, AbortSignal.abort(reason)), 5_000)).toBe(reason);
  });
});

describe('the retries of the SDK itself', () => {
  it('are turned off for our command alone, on the client of the app', async () => {
    jest.useRealTimers();
    let requests = 0;
    const client = new ChimeSDKMessagingClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: {
        handle: () => {
          requests += 1;
          return Promise.reject(serviceError('ServiceFailureException', 500));
        },
      },
    });
    const command = new GetChannelMessageStatusCommand({ ChannelArn: channel, MessageId: 'm1', ChimeBearer: 'b' });
    await expect(attempt(client, command, 5_000, new AbortController().signal)).rejects.toBeInstanceOf(Error);
    expect(requests).toBe(1);
  });
});
