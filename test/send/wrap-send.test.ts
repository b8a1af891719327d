import { SendChannelMessageCommand, UpdateChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/shared/digest.ts';
import { parseTrackable, type TrackRequest } from '../../src/send/trackable.ts';
import { wrapSend, type SendFunction } from '../../src/send/wrap-send.ts';
import { alice, bob, channel } from '../support/delivery-record.ts';

const input = {
  ChannelArn: channel,
  ChimeBearer: bob,
  Content: 'hello',
  Type: 'CONTROL',
  Persistence: 'NON_PERSISTENT',
  ClientRequestToken: 'token-1',
  SubChannelId: 's1',
} as const;
const output = { ChannelArn: channel, MessageId: 'm1', Status: { Value: 'PENDING' } };

/** `fn`, wrapped, and what was expected and tracked, in order. */
function wrapped<F extends SendFunction>(fn: F): { send: F; story: unknown[]; tracked: TrackRequest[] } {
  const story: unknown[] = [];
  const tracked: TrackRequest[] = [];
  const send = wrapSend(fn, {
    onSender: (bearer) => story.push(`expect ${String(bearer)}`),
    isOwn: () => false,
    track: (message) => {
      story.push('track');
      // The argument of `track` is passed on; its content at that time counts.
      tracked.push(parseTrackable(message, alice));
    },
    onError: (error) => story.push(`error ${(error as Error).message}`),
  });
  return { send, story, tracked };
}

/** An unreadable object. */
function trapped(field: string): object {
  return Object.defineProperty({ ...input }, field, {
    enumerable: true,
    get: () => {
      throw new Error('trap');
    },
  });
}

describe('a wrapped send function', () => {
  it('is called with the same this and the same arguments', () => {
    const calls: unknown[] = [];
    const app = wrapped(function (this: unknown, ...args: unknown[]) {
      calls.push(this, ...args);
    });
    const self = { send: app.send };
    self.send(input, 'two', undefined);
    expect(calls).toEqual([self, input, 'two', undefined]);
    expect([calls[0] === self, calls[1] === input]).toEqual([true, true]);
  });

  it('returns the very result of the app, synchronously or by promise', async () => {
    expect(wrapped(() => output).send()).toBe(output);
    expect(await wrapped(() => Promise.resolve(output)).send()).toBe(output);
    for (const other of [undefined, null, 0, '', 'text']) {
      expect(wrapped(() => other).send()).toBe(other);
      expect(await wrapped(() => Promise.resolve(other)).send()).toBe(other);
    }
  });

  it('throws and rejects with the very error of the app, and tracks nothing', async () => {
    const error = new Error('client-error');
    const throwing = wrapped(() => {
      throw error;
    });
    const rejecting = wrapped(() => Promise.reject(error));
    expect(() => throwing.send()).toThrow(error);
    await expect(rejecting.send()).rejects.toBe(error);
    expect([...throwing.tracked, ...rejecting.tracked]).toEqual([]);
  });

  it('tracks before the app gets the result, and expects the sender before it sends', async () => {
    const app = wrapped((_input: object) => {
      app.story.push('send');
      return Promise.resolve(output);
    });
    await app.send(input).then(() => app.story.push('app'));
    expect(app.story).toEqual([`expect ${bob}`, 'send', 'track', 'app']);
  });

  it('may return a thenable', async () => {
    // oxlint-disable-next-line unicorn/no-thenable
    const app = wrapped(() => ({ then: (resolve: (value: unknown) => void) => Promise.resolve(output).then(resolve) }));
    await app.send();
    expect(app.tracked).toHaveLength(1);
  });

  it.each([
    ['an argument', trapped('Persistence'), output],
    ['a command', trapped('input'), output],
    ['a result', input, trapped('MessageId')],
  ])('sends even if %s cannot be read', (_name, argument, result) => {
    const { send, story } = wrapped((_input: object) => result);
    expect(send(argument)).toBe(result);
    expect(story.filter((line) => line !== `expect ${bob}` && line !== 'track')).toContain('error trap');
  });
});

describe('the message of a wrapped send', () => {
  const expected = {
    channelArn: channel,
    messageId: 'm1',
    chimeBearer: bob,
    missingMeansDenied: false,
    isEdit: false,
    subChannelId: 's1',
    status: 'PENDING',
    detail: undefined,
    contentDigest: digestOf(input.Content),
  };
  it.each<[string, unknown]>([
    ['its input', input],
    ['its command', new SendChannelMessageCommand(input)],
    ['an object with the input', { input, priority: 1 }],
  ])('is read from the input if the first argument is %s', (_name, first) => {
    const app = wrapped((_first: unknown) => output);
    app.send(first);
    const [{ details, ...tracked } = { details: undefined }, ...more] = app.tracked;
    expect([tracked, ...more]).toEqual([expected]);
    expect(details).toMatchObject({ input, type: 'CONTROL', persistence: 'NON_PERSISTENT' });
  });

  it.each<[string, unknown]>([
    ['text', 'hello'],
    ['nothing', undefined],
    ['null', null],
    ['a list', [1, 2]],
  ])('is read from the result if the first argument is %s', (_name, first) => {
    const app = wrapped((_first: unknown) => ({ ...output, SubChannelId: 's2' }));
    app.send(first);
    expect(app.tracked).toEqual([
      expect.objectContaining({ channelArn: channel, messageId: 'm1', subChannelId: 's2' }),
    ]);
  });

  it('is in the channel of the input if the result has no channel', () => {
    const app = wrapped((_input: object) => ({ MessageId: 'm1' }));
    app.send(input);
    expect(app.tracked).toEqual([expect.objectContaining({ channelArn: channel })]);
  });

  it.each([[{}], [{ MessageId: '' }], [{ MessageId: 7 }], [undefined], [null], ['m1'], [{ messageId: 'm1' }]])(
    'is not tracked if the result is %p',
    (result) => {
      const app = wrapped((_input: object) => result);
      app.send(input);
      expect(app.tracked).toEqual([]);
    },
  );
});

describe('an edit or a redaction', () => {
  const edit = { ChannelArn: channel, ChimeBearer: alice, MessageId: 'm1', Content: 'better' };
  it.each<[string, unknown]>([
    ['its input', edit],
    ['its command', new UpdateChannelMessageCommand(edit)],
  ])('is tracked, if it is an edit, as an edit, read from %s', (_name, first) => {
    const app = wrapped((_first: unknown) => output);
    app.send(first);
    expect(app.tracked).toEqual([
      expect.objectContaining({ isEdit: true, missingMeansDenied: false, messageId: 'm1' }),
    ]);
  });

  it('is not tracked if it is a redaction: its response has no status', () => {
    const app = wrapped((_input: object) => ({ ChannelArn: channel, MessageId: 'm1' }));
    app.send({ ChannelArn: channel, ChimeBearer: alice, MessageId: 'm1' });
    expect(app.tracked).toEqual([]);
  });
});

describe('the first argument', () => {
  it('counts as it was when the send began, whatever the app changes meanwhile', async () => {
    const app = wrapped((_input: object) => Promise.resolve(output));
    const shared: Record<string, unknown> = { ...input };
    const answer = app.send(shared);
    Object.assign(shared, { Type: 'STANDARD', Persistence: 'PERSISTENT', ChimeBearer: alice });
    await answer;
    expect(app.tracked).toEqual([expect.objectContaining({ missingMeansDenied: false, chimeBearer: bob })]);
  });
});

describe('the status in the result of a wrapped send', () => {
  const trackedAs = (result: object): TrackRequest | undefined => {
    const app = wrapped((_input: object) => result);
    app.send({ ...input, Type: 'STANDARD', Persistence: 'PERSISTENT' });
    return app.tracked[0];
  };

  it('counts, with its detail', () => {
    const failed = { ...output, Status: { Value: 'FAILED', Detail: 'no processor' } };
    expect(trackedAs(failed)).toMatchObject({ status: 'FAILED', detail: 'no processor', missingMeansDenied: true });
  });

  it.each([undefined, null, {}, { Value: 'ARCHIVED' }, { Value: null }])('is not known yet if it is %p', (Status) => {
    expect(trackedAs({ ...output, Status })).toMatchObject({ messageId: 'm1', status: undefined });
  });
});
