import { describe, expect, it } from '@jest/globals';
import { TrackedDelivery } from '../../src/core/delivery.ts';
import type {
  ServiceResult,
  ServiceRequest,
  HttpPort,
  RequestFailure,
  FailureKind,
} from '../../src/core/ports/http.ts';
import { TimerQueue } from '../../src/core/timer-queue.ts';
import { Sender } from '../../src/send/sender.ts';
import { pass, timersLeft, useFakeTime } from '../support/fake-time.ts';
import { alice, channel, sending } from '../support/delivery-record.ts';

useFakeTime();

const input = {
  ChannelArn: channel,
  ChimeBearer: alice,
  Content: 'hello',
  Type: 'STANDARD',
  Persistence: 'PERSISTENT',
  ClientRequestToken: 'token-1',
} as const;
const accepted: ServiceResult = { ok: true, output: { MessageId: 'm1' } };

/** The result of an attempt: a response, a failure, `hang`, or `no permit` (it waits for the budget). */
type Reply = 'ok' | 'hang' | 'no permit' | FailureKind;

/** A sender with a scripted http client, and the story of attempts and reports. */
function sender(replies: Reply[], resendWindowMs = 600_000) {
  const start = Date.now();
  const story: string[] = [];
  const requests: ServiceRequest[] = [];
  const timers = new TimerQueue();
  const http: HttpPort = {
    acquire: () => Promise.reject(new Error('the network acquires')),
    execute: async (request): Promise<ServiceResult> => {
      const reply = replies[requests.length] ?? replies.at(-1) ?? 'ok';
      requests.push(request);
      const off = new Promise<ServiceResult>((resolve) => {
        const end = (): void => resolve({ ok: false, failure: { kind: 'aborted', error: request.signal.reason } });
        request.signal.addEventListener('abort', end);
      });
      if (reply === 'no permit') return off;
      request.command();
      request.onAttempt?.();
      if (reply === 'hang') return off;
      if (reply === 'ok') return accepted;
      const failure: RequestFailure = { kind: reply, error: { $metadata: { httpStatusCode: 400 }, reply } };
      request.onAttemptFailed?.(failure);
      return { ok: false, failure };
    },
  };
  const forbidden: unknown[] = [];
  const unit = new Sender({
    timers,
    http,
    rules: { resendWindowMs, expireMs: 24 * 3_600_000 },
    outbox: undefined,
    random: () => 0.5,
    onForbidden: (_kind, _bearer, error) => forbidden.push(error),
  });
  unit.reports$.subscribe((report) => story.push(`${report.evidence.kind} after ${Date.now() - start}`));
  timers.due$.subscribe((delivery) => unit.due(delivery));
  const delivery = new TrackedDelivery(sending({ trackedAt: start, sentAt: start }));
  return { room: unit, timers, delivery, story, errands: requests, forbidden };
}

describe('a message that is being sent', () => {
  it('is accepted, and nothing else happens', async () => {
    const { room: unit, delivery, story, errands: requests } = sender(['ok']);
    unit.send(delivery, input, undefined);
    await pass(3_600_000);
    expect([story, requests.length]).toEqual([['accepted after 0'], 1]);
  });

  it('is sent again with the same content and the same token until there is a response', async () => {
    const {
      room: unit,
      delivery,
      story,
      errands: requests,
    } = sender(['unreachable', 'throttled', 'unreachable', 'ok']);
    unit.send(delivery, input, undefined);
    await pass(60_000);
    expect(story).toEqual(['accepted after 3500']);
    const commands = requests.map((request) => request.command());
    expect(new Set(commands).size).toBe(4);
    for (const command of commands) expect(command).toMatchObject({ input });
  });

  it('is lost when it never had a response, and is not sent again after that', async () => {
    const { room: unit, delivery, story, errands: requests } = sender(['unreachable'], 30_000);
    unit.send(delivery, input, undefined);
    await pass(30_000);
    expect(story).toEqual(['unconfirmed after 30000']);
    const tries = requests.length;
    await pass(600_000);
    expect([requests.length, timersLeft()]).toEqual([tries, 0]);
  });

  it('is lost even if the last attempt is still in flight, and that is aborted', async () => {
    const { room: unit, delivery, story, errands: requests } = sender(['hang'], 30_000);
    unit.send(delivery, input, undefined);
    await pass(30_000);
    expect([story, requests[0]?.signal.aborted]).toEqual([['unconfirmed after 30000'], true]);
  });

  it('waits for good credentials, and costs no further wait', async () => {
    const { room: unit, delivery, story } = sender(['credentials', 'clock-skew', 'ok']);
    unit.send(delivery, input, undefined);
    await pass(0);
    expect(story).toEqual(['accepted after 0']);
  });

  it.each<[Reply[], string]>([
    [['forbidden'], 'rejected'],
    [['invalid'], 'rejected'],
    [['throttled', 'forbidden'], 'rejected'],
    [['credentials', 'forbidden'], 'rejected'],
    [['unreachable', 'forbidden'], 'unconfirmed'],
    [['unreachable', 'throttled', 'conflict'], 'unconfirmed'],
  ])('with %p in turn is %s', async (replies, end) => {
    const { room: unit, delivery, story } = sender(replies);
    unit.send(delivery, input, undefined);
    await pass(60_000);
    expect(story.map((line) => line.split(' ')[0])).toEqual([end]);
  });

  it('reports a missing permission', async () => {
    const { room: unit, delivery, forbidden } = sender(['forbidden']);
    unit.send(delivery, input, undefined);
    await pass(0);
    expect(forbidden).toEqual([expect.objectContaining({ reply: 'forbidden' })]);
  });

  it('is retried soon after a wake signal', async () => {
    const {
      room: unit,
      delivery,
      story,
    } = sender(['unreachable', 'unreachable', 'unreachable', 'unreachable', 'unreachable', 'unreachable', 'ok']);
    unit.send(delivery, input, undefined);
    await pass(16_000);
    expect(story).toEqual([]);
    unit.retrySoon(alice, 0, 100);
    await pass(50);
    expect(story).toEqual(['accepted after 16050']);
  });
});

describe('a send that is cancelled', () => {
  it.each<[string, Reply[], number, string[]]>([
    ['before it left', ['no permit'], 100, ['rejected after 100']],
    ['while it may have arrived', ['hang'], 100, ['unconfirmed after 100']],
    ['after an attempt that may have arrived', ['unreachable', 'no permit'], 5_000, ['unconfirmed after 5000']],
    ['after an attempt that was refused immediately', ['throttled', 'no permit'], 5_000, ['rejected after 5000']],
    ['after its response', ['ok'], 100, ['accepted after 0']],
  ])('ends as it must %s', async (_name, replies, ms, expected) => {
    const { room: unit, delivery, story, timers } = sender(replies);
    const off = new AbortController();
    unit.send(delivery, input, off.signal);
    await pass(ms);
    off.abort(new Error('never mind'));
    off.abort(new Error('twice'));
    await pass(3_600_000);
    expect(story).toEqual(expected);
    timers.close();
    expect(timersLeft()).toBe(0);
  });

  it('before it began sends nothing', async () => {
    const { room: unit, delivery, story, errands: requests } = sender(['ok']);
    unit.send(delivery, input, AbortSignal.abort());
    await pass(1_000);
    expect([story, requests]).toEqual([['rejected after 0'], []]);
  });
});

describe('a closed sender', () => {
  it('aborts the requests in flight, reports nothing about them, and leaves the signal of the app alone', async () => {
    const { room: unit, delivery, story, errands: requests, timers } = sender(['hang']);
    const off = new AbortController();
    unit.send(delivery, input, off.signal);
    await pass(100);
    unit.close(new Error('closed'));
    timers.close();
    off.abort();
    await pass(3_600_000);
    expect([story, requests[0]?.signal.aborted, timersLeft()]).toEqual([[], true, 0]);
  });
});
