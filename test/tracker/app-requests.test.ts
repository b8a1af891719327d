// The app's own requests within the tracker's budget: `call` and `catchUp`.
import { GetChannelMessageCommand, ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';

import { ALICE, BOB, CHANNEL, replies, type Call } from '../support/scripted-service.ts';
import { draft, flush, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const list = { ChannelArn: CHANNEL, ChimeBearer: ALICE };

describe('call', () => {
  it('resolves with the output, and counts in the budget and the stats', async () => {
    const { tracker, service } = startTracker({ rateLimit: { requestsPerSecond: 1, burst: 1 } });
    service.answer('list', replies.rows([{ messageId: 'm1', status: 'SENT' }]));
    const pages = [1, 2, 3].map(() => tracker.call(new ListChannelMessagesCommand(list)));
    await pass(10 * SECOND);
    const [page] = await Promise.all(pages);
    expect(page?.ChannelMessages?.map(({ MessageId }) => MessageId)).toEqual(['m1']);
    const [first = 0, second = 0, third = 0] = service.times('list');
    expect([second - first, third - second].every((gap) => gap >= SECOND)).toBe(true);
    expect(tracker.stats.requests).toMatchObject({ call: 3, list: 0 });
  });

  it('rejects with the client’s own error, and is no outcome of anything', async () => {
    const { tracker, service } = startTracker();
    service.answer('message', replies.notFound());
    const result = tracker.call(new GetChannelMessageCommand({ ...list, MessageId: 'm1' }));
    const caught = result.catch((error: unknown) => error);
    await pass(SECOND);
    expect(await caught).toMatchObject({ name: 'NotFoundException' });
  });

  it('goes after sends and before polls by default, and as its priority says', async () => {
    const order: string[] = [];
    const { tracker, service, track } = startTracker({
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 1 },
    });
    track('m5');
    await pass(10 * SECOND);
    const before = service.calls.length;
    // It takes the only token.
    const first = tracker.call(new ListChannelMessagesCommand(list));
    const low = tracker.call(new ListChannelMessagesCommand({ ...list, MaxResults: 1 }), { priority: 'poll' });
    const usual = tracker.call(new ListChannelMessagesCommand({ ...list, MaxResults: 2 }));
    tracker.send(draft);
    const high = tracker.call(new ListChannelMessagesCommand({ ...list, MaxResults: 3 }), { priority: 'send' });
    await pass(20 * SECOND);
    await Promise.all([first, low, usual, high]);
    for (const { operation, input } of service.calls.slice(before))
      if (operation === 'list' || operation === 'send') order.push(`${operation} ${Number(input['MaxResults'])}`);
    expect(order.indexOf('list 2')).toBeGreaterThan(order.indexOf('list 3'));
    expect(order.indexOf('list 1')).toBeGreaterThan(order.indexOf('list 2'));
  });

  it('ends with its signal’s reason, and with the tracker', async () => {
    const { tracker, service } = startTracker();
    service.answer('list', replies.hangs());
    const abort = new AbortController();
    const called = tracker.call(new ListChannelMessagesCommand(list), { signal: abort.signal });
    const open = tracker.call(new ListChannelMessagesCommand(list));
    const ends = Promise.all([called, open].map((each) => each.catch((error: unknown) => error)));
    await pass(SECOND);
    abort.abort(new Error('left the page'));
    await tracker.close();
    expect(await ends).toMatchObject([{ message: 'left the page' }, { code: 'TRACKER_CLOSED' }]);
    await expect(tracker.call(new ListChannelMessagesCommand(list))).rejects.toMatchObject({ code: 'TRACKER_CLOSED' });
  });

  it('takes the budget of the bearer that its command names', async () => {
    const { tracker } = startTracker({ rateLimit: { requestsPerSecond: 0.1, burst: 1 } });
    const pages = [ALICE, BOB].map((ChimeBearer) =>
      tracker.call(new ListChannelMessagesCommand({ ChannelArn: CHANNEL, ChimeBearer })),
    );
    await pass(SECOND);
    expect(await Promise.all(pages)).toHaveLength(2);
  });

  it.each<[string, unknown, object, string]>([
    ['no command', undefined, {}, 'command'],
    ['an unknown priority', new ListChannelMessagesCommand(list), { priority: 'high' }, 'priority'],
    ['an unknown option', new ListChannelMessagesCommand(list), { prio: 'send' }, 'options.prio'],
  ])('is refused with %s', async (_what, command, options, argument) => {
    const { tracker } = startTracker();
    await expect(async () => tracker.call(command as never, options)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument,
    });
  });
});

describe('catchUp', () => {
  /** A channel with messages m1 to m<count>, one a second. */
  const channelOf = (count: number) => {
    const begin = Date.now();
    const rows = Array.from({ length: count }, (_, i) => ({
      MessageId: `m${i + 1}`,
      Content: `text ${i + 1}`,
      Sender: { Arn: i % 2 === 0 ? ALICE : BOB },
      CreatedTimestamp: new Date(begin + i * SECOND),
      Status: { Value: 'SENT' },
    }));
    const serve = ({ input }: Call) => {
      const { NotBefore, NextToken, MaxResults } = input as { NotBefore: Date; NextToken?: string; MaxResults: number };
      const since = rows.filter(({ CreatedTimestamp }) => CreatedTimestamp >= NotBefore);
      const from = Number(NextToken ?? 0);
      const to = from + MaxResults;
      return replies.body({
        ChannelMessages: since.slice(from, to),
        NextToken: to < since.length ? String(to) : undefined,
      });
    };
    return { begin, rows, serve };
  };
  const idsOf = async (iterable: AsyncIterable<{ MessageId?: string | undefined }>): Promise<unknown[]> => {
    const ids: unknown[] = [];
    for await (const { MessageId } of iterable) ids.push(MessageId);
    return ids;
  };
  const start = (count: number) => {
    const kit = startTracker({ socket: 'up' });
    const channel = channelOf(count);
    kit.service.answer('list', channel.serve);
    return { ...kit, ...channel };
  };

  it('gives every row since a time, over all pages, oldest first', async () => {
    const { tracker, service, begin } = start(120);
    const ids = idsOf(tracker.catchUp({ channelArn: CHANNEL, after: new Date(begin + 5 * SECOND) }));
    await pass(MINUTE);
    expect(await ids).toEqual(Array.from({ length: 115 }, (_, i) => `m${i + 6}`));
    expect(service.requests('list').map(({ input }) => input['SortOrder'])).toEqual(
      Array.from({ length: 3 }, () => 'ASCENDING'),
    );
  });

  it.each<[string, (rows: ReturnType<typeof channelOf>['rows']) => unknown, number]>([
    ['a message', (rows) => rows[6], 1],
    ['a MessageId', () => 'm7', 2],
    ['milliseconds', (rows) => Number(rows[6]?.CreatedTimestamp) + 1, 1],
  ])('after %s leaves that message out', async (_what, after, requests) => {
    const { tracker, service, rows } = start(10);
    service.answer('message', ({ messageId }) =>
      replies.body({ ChannelMessage: rows.find((row) => row.MessageId === messageId) }),
    );
    const ids = idsOf(tracker.catchUp({ channelArn: CHANNEL, after: after(rows) as Date }));
    await pass(10 * SECOND);
    expect(await ids).toEqual(['m8', 'm9', 'm10']);
    expect(service.calls).toHaveLength(requests);
  });

  it('leaves out what push brings meanwhile', async () => {
    const { tracker, push, begin } = start(4);
    const rows = tracker.catchUp({ channelArn: CHANNEL, after: begin });
    push.tells('m3', 'SENT', { Sender: { Arn: BOB } });
    const ids = idsOf(rows);
    await pass(10 * SECOND);
    expect(await ids).toEqual(['m1', 'm2', 'm4']);
  });

  it('settles pending deliveries by its rows, without a poll', async () => {
    const { tracker, service, track, begin } = start(3);
    const delivery = track('m1');
    const ids = idsOf(tracker.catchUp({ channelArn: CHANNEL, after: begin }));
    await pass(100);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'list' });
    await ids;
    expect(service.count('status')).toBe(0);
  });

  it('stops at its limit, and asks for no page that is not needed', async () => {
    const { tracker, service, begin } = start(120);
    const ids = idsOf(tracker.catchUp({ channelArn: CHANNEL, after: begin, limit: 50 }));
    await pass(MINUTE);
    expect(await ids).toHaveLength(50);
    expect(service.count('list')).toBe(1);
  });

  it('ends when the loop is left, by its signal, and when the tracker closes', async () => {
    const { tracker, service, begin } = start(120);
    for await (const { MessageId } of drained(tracker.catchUp({ channelArn: CHANNEL, after: begin }))) {
      expect(MessageId).toBe('m1');
      break;
    }
    expect(service.count('list')).toBe(1);
    const abort = new AbortController();
    const aborted = idsOf(tracker.catchUp({ channelArn: CHANNEL, after: begin, signal: abort.signal }));
    const caught = aborted.catch((error: unknown) => error);
    abort.abort(new Error('left the page'));
    await flush();
    expect(await caught).toMatchObject({ message: 'left the page' });
    const rows = tracker.catchUp({ channelArn: CHANNEL, after: begin });
    await tracker.close();
    await expect(rows.next()).rejects.toMatchObject({ code: 'TRACKER_CLOSED' });
  });

  it.each<[string, object, string]>([
    ['no channel', { after: 0 }, 'channelArn'],
    ['no time', { channelArn: CHANNEL }, 'after'],
    ['an invalid date', { channelArn: CHANNEL, after: new Date(NaN) }, 'after'],
    ['a message without a time', { channelArn: CHANNEL, after: { MessageId: 'm1' } }, 'after'],
    ['a limit of 0', { channelArn: CHANNEL, after: 0, limit: 0 }, 'limit'],
  ])('is refused with %s', (_what, options, argument) => {
    const { tracker } = startTracker();
    expect(() => tracker.catchUp(options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }),
    );
  });
});

/** Lets time pass while the next row is read. */
async function* drained<T>(iterable: AsyncIterable<T>): AsyncGenerator<T> {
  const rows = iterable[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = rows.next();
      await flush();
      await pass(100);
      const result = await next;
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    await rows.return?.();
  }
}
