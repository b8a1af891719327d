import { describe, expect, it } from '@jest/globals';
import { Entry } from '../../src/core/entry.ts';
import type { Answer, Errand, Road } from '../../src/core/ports.ts';
import { Schedule } from '../../src/core/schedule.ts';
import type { Trouble, TroubleKind } from '../../src/core/trouble.ts';
import { Sender } from '../../src/send/sender.ts';
import { pass, timersLeft, useFakeTime } from '../support/fake-time.ts';
import { alice, channel, sending } from '../support/known.ts';

useFakeTime();

const input = {
  ChannelArn: channel,
  ChimeBearer: alice,
  Content: 'hello',
  Type: 'STANDARD',
  Persistence: 'PERSISTENT',
  ClientRequestToken: 'token-1',
} as const;
const accepted: Answer = { ok: true, output: { MessageId: 'm1' } };

/** What becomes of a try: an answer, a trouble, `hang`, or `no leave` (it waits for the budget). */
type Reply = 'ok' | 'hang' | 'no leave' | TroubleKind;

/** A sender on a road that answers as told, and the story of tries and reports. */
function sender(replies: Reply[], resendWindowMs = 600_000) {
  const start = Date.now();
  const story: string[] = [];
  const errands: Errand[] = [];
  const schedule = new Schedule();
  const road: Road = {
    acquire: () => Promise.reject(new Error('the road acquires')),
    run: async (errand): Promise<Answer> => {
      const reply = replies[errands.length] ?? replies.at(-1) ?? 'ok';
      errands.push(errand);
      const off = new Promise<Answer>((resolve) => {
        const end = (): void => resolve({ ok: false, trouble: { kind: 'aborted', error: errand.signal.reason } });
        errand.signal.addEventListener('abort', end);
      });
      if (reply === 'no leave') return off;
      errand.command();
      errand.onAttempt?.();
      if (reply === 'hang') return off;
      if (reply === 'ok') return accepted;
      const trouble: Trouble = { kind: reply, error: { $metadata: { httpStatusCode: 400 }, reply } };
      errand.onTrouble?.(trouble);
      return { ok: false, trouble };
    },
  };
  const forbidden: unknown[] = [];
  const room = new Sender({
    schedule,
    road,
    rules: { resendWindowMs, expireMs: 24 * 3_600_000 },
    outbox: undefined,
    random: () => 0.5,
    onForbidden: (_bearer, error) => forbidden.push(error),
  });
  room.reports$.subscribe((report) => story.push(`${report.evidence.kind} after ${Date.now() - start}`));
  schedule.due$.subscribe((entry) => room.due(entry));
  const entry = new Entry(sending({ trackedAt: start, sentAt: start }));
  return { room, schedule, entry, story, errands, forbidden };
}

describe('a message on its way', () => {
  it('is accepted, and that is all', async () => {
    const { room, entry, story, errands } = sender(['ok']);
    room.send(entry, input, undefined);
    await pass(3_600_000);
    expect([story, errands.length]).toEqual([['accepted after 0'], 1]);
  });

  it('is sent again with the same words and the same token until it is answered', async () => {
    const { room, entry, story, errands } = sender(['road', 'throttled', 'road', 'ok']);
    room.send(entry, input, undefined);
    await pass(60_000);
    expect(story).toEqual(['accepted after 3500']);
    const commands = errands.map((errand) => errand.command());
    expect(new Set(commands).size).toBe(4);
    for (const command of commands) expect(command).toMatchObject({ input });
  });

  it('is lost when it was never answered, and is not sent again after that', async () => {
    const { room, entry, story, errands } = sender(['road'], 30_000);
    room.send(entry, input, undefined);
    await pass(30_000);
    expect(story).toEqual(['lost after 30000']);
    const tries = errands.length;
    await pass(600_000);
    expect([errands.length, timersLeft()]).toEqual([tries, 0]);
  });

  it('is lost although the last try is still under way, and that is called off', async () => {
    const { room, entry, story, errands } = sender(['hang'], 30_000);
    room.send(entry, input, undefined);
    await pass(30_000);
    expect([story, errands[0]?.signal.aborted]).toEqual([['lost after 30000'], true]);
  });

  it('waits for good credentials, and costs no further wait', async () => {
    const { room, entry, story } = sender(['credentials', 'skew', 'ok']);
    room.send(entry, input, undefined);
    await pass(0);
    expect(story).toEqual(['accepted after 0']);
  });

  it.each<[Reply[], string]>([
    [['forbidden'], 'rejected'],
    [['invalid'], 'rejected'],
    [['throttled', 'forbidden'], 'rejected'],
    [['credentials', 'forbidden'], 'rejected'],
    [['road', 'forbidden'], 'lost'],
    [['road', 'throttled', 'conflict'], 'lost'],
  ])('that is answered by %p in turn is %s', async (replies, end) => {
    const { room, entry, story } = sender(replies);
    room.send(entry, input, undefined);
    await pass(60_000);
    expect(story.map((line) => line.split(' ')[0])).toEqual([end]);
  });

  it('tells of a missing permission', async () => {
    const { room, entry, forbidden } = sender(['forbidden']);
    room.send(entry, input, undefined);
    await pass(0);
    expect(forbidden).toEqual([expect.objectContaining({ reply: 'forbidden' })]);
  });

  it('is tried soon when there is a sign of change', async () => {
    const { room, entry, story } = sender(['road', 'road', 'road', 'road', 'road', 'road', 'ok']);
    room.send(entry, input, undefined);
    await pass(16_000);
    expect(story).toEqual([]);
    room.hurry(alice, 0, 100);
    await pass(50);
    expect(story).toEqual(['accepted after 16050']);
  });
});

describe('calling a send off', () => {
  it.each<[string, Reply[], number, string[]]>([
    ['before it left', ['no leave'], 100, ['rejected after 100']],
    ['while it may have arrived', ['hang'], 100, ['lost after 100']],
    ['after a try that may have arrived', ['road', 'no leave'], 5_000, ['lost after 5000']],
    ['after a try that was refused at the door', ['throttled', 'no leave'], 5_000, ['rejected after 5000']],
    ['after it was answered', ['ok'], 100, ['accepted after 0']],
  ])('%s', async (_name, replies, ms, expected) => {
    const { room, entry, story, schedule } = sender(replies);
    const off = new AbortController();
    room.send(entry, input, off.signal);
    await pass(ms);
    off.abort(new Error('never mind'));
    off.abort(new Error('twice'));
    await pass(3_600_000);
    expect(story).toEqual(expected);
    schedule.close();
    expect(timersLeft()).toBe(0);
  });

  it('before it began sends nothing', async () => {
    const { room, entry, story, errands } = sender(['ok']);
    room.send(entry, input, AbortSignal.abort());
    await pass(1_000);
    expect([story, errands]).toEqual([['rejected after 0'], []]);
  });
});

describe('a sender that is closed', () => {
  it('calls off what is under way, says nothing of it, and leaves the signal of the app alone', async () => {
    const { room, entry, story, errands, schedule } = sender(['hang']);
    const off = new AbortController();
    room.send(entry, input, off.signal);
    await pass(100);
    room.close(new Error('closed'));
    schedule.close();
    off.abort();
    await pass(3_600_000);
    expect([story, errands[0]?.signal.aborted, timersLeft()]).toEqual([[], true, 0]);
  });
});
