import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/shared/digest.ts';
import { parsePushEvent, type PushedStatus, type PushMessage } from '../../src/push/parse-event.ts';
import { alice, channel, otherChannel } from '../support/delivery-record.ts';
import { channelDetails, event } from '../support/push-kit.ts';

/** The message, or the edit, that a frame is about. */
function heardOf(message: PushMessage): PushedStatus['message'] | undefined {
  const event = parsePushEvent(message);
  return event.kind === 'statuses' ? event.statuses[0]?.message : undefined;
}

const key = { messageId: 'm1', channelArn: channel, sender: alice };

describe('a message event', () => {
  it.each([
    ['CREATE_CHANNEL_MESSAGE', 'SENT', false],
    ['PENDING_CREATE_CHANNEL_MESSAGE', 'PENDING', false],
    ['FAILED_CREATE_CHANNEL_MESSAGE', 'FAILED', false],
    ['DENIED_CREATE_CHANNEL_MESSAGE', 'DENIED', false],
    ['PENDING_UPDATE_CHANNEL_MESSAGE', 'PENDING', true],
    ['FAILED_UPDATE_CHANNEL_MESSAGE', 'FAILED', true],
    ['DENIED_UPDATE_CHANNEL_MESSAGE', 'DENIED', true],
  ])('%s means %s', (type, status, isEdit) => {
    const statuses = { message: { ...key, isEdit }, status, detail: undefined, source: 'websocket' };
    expect(parsePushEvent(event(type))).toEqual({ kind: 'statuses', statuses: [statuses] });
    expect(parsePushEvent(event(type, { Status: { Value: status } }))).toEqual({
      kind: 'statuses',
      statuses: [statuses],
    });
  });

  it('UPDATE_CHANNEL_MESSAGE means SENT for the edit, and for the message: all members have it', () => {
    const said = { status: 'SENT', source: 'websocket' };
    for (const fields of [{}, { Status: { Value: 'SENT', Detail: 'of the edit' } }]) {
      expect(parsePushEvent(event('UPDATE_CHANNEL_MESSAGE', fields))).toEqual({
        kind: 'statuses',
        statuses: [
          { ...said, message: { ...key, isEdit: true }, detail: fields.Status?.Detail },
          { ...said, message: { ...key, isEdit: false }, detail: undefined, isImplied: true },
        ],
      });
    }
  });

  it.each(['UPDATE_CHANNEL_MESSAGE', 'DENIED_UPDATE_CHANNEL_MESSAGE'])(
    '%s identifies its edit by a digest of the content',
    (type) => {
      expect(heardOf(event(type, { Content: 'new words' }))).toMatchObject({ contentDigest: digestOf('new words') });
      expect(heardOf(event(type, { Content: 7 }))).toMatchObject({ contentDigest: undefined });
      expect(JSON.stringify(parsePushEvent(event(type, { Content: 'new words' })))).not.toContain('new words');
    },
  );

  it.each(['LastEditedTimestamp', 'LastUpdatedTimestamp'])(
    'about an edit is distinguished from its copies if it has a time (%s)',
    (field) => {
      const type = 'DENIED_UPDATE_CHANNEL_MESSAGE';
      const digest = (more: object): unknown => heardOf(event(type, { Content: 'a', ...more }))?.eventDigest;
      const [one, copy, other] = ['12:00:00', '12:00:00', '12:00:01'].map((time) => digest({ [field]: time }));
      expect([typeof one, one === copy, one === other]).toEqual(['number', true, false]);
      expect([digest({}), digest({ [field]: null })]).toEqual([undefined, undefined]);
    },
  );

  it('contains the sub-channel if it has one', () => {
    expect(heardOf(event('DENIED_CREATE_CHANNEL_MESSAGE', { SubChannelId: 's1' }))).toMatchObject({
      subChannelId: 's1',
    });
    expect(heardOf(event('DENIED_CREATE_CHANNEL_MESSAGE', { SubChannelId: '' }))).toMatchObject({
      subChannelId: undefined,
    });
  });

  it('contains the detail', () => {
    const pushEvent = parsePushEvent(
      event('DENIED_CREATE_CHANNEL_MESSAGE', { Status: { Value: 'DENIED', Detail: 'rude' } }),
    );
    expect(pushEvent).toMatchObject({ statuses: [{ detail: 'rude' }] });
  });

  it('may lack its sender, or have an unknown status', () => {
    const pushEvent = parsePushEvent(
      event('CREATE_CHANNEL_MESSAGE', { Sender: undefined, Status: { Value: 'DELIVERED' } }),
    );
    expect(pushEvent).toMatchObject({ statuses: [{ status: 'SENT', message: { sender: undefined } }] });
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be about a message called %s', (messageId) => {
    expect(parsePushEvent(event('CREATE_CHANNEL_MESSAGE', { MessageId: messageId }))).toMatchObject({
      statuses: [{ message: { messageId } }],
    });
  });
});

describe('the prefetch', () => {
  it('contains for each message the status and the sender of its row', () => {
    const rows = [
      { MessageId: 'm1', Sender: { Arn: alice }, Status: { Value: 'SENT' } },
      { MessageId: 'm2', Status: { Value: 'FAILED', Detail: 'no answer' }, ChannelArn: otherChannel },
      { MessageId: 'm3', Status: { Value: 'PENDING' } },
    ];
    expect(parsePushEvent(channelDetails(rows))).toEqual({
      kind: 'statuses',
      statuses: [
        { message: { ...key, update: undefined }, status: 'SENT', detail: undefined, source: 'prefetch' },
        {
          message: { messageId: 'm2', channelArn: otherChannel, sender: undefined, update: undefined },
          status: 'FAILED',
          detail: 'no answer',
          source: 'prefetch',
        },
        {
          message: { messageId: 'm3', channelArn: channel, sender: undefined, update: undefined },
          status: 'PENDING',
          detail: undefined,
          source: 'prefetch',
        },
      ],
    });
  });

  it.each([
    ['a row without a status', { MessageId: 'm1' }],
    ['a row with an unknown status', { MessageId: 'm1', Status: { Value: 'ARCHIVED' } }],
    ['a row without an id', { Status: { Value: 'SENT' } }],
    ['a row with an empty id', { MessageId: '', Status: { Value: 'SENT' } }],
    ['a row that is null', null],
    ['a row that is text', 'SENT'],
  ])('ignores %s, and the other rows count', (_name, row) => {
    const good = { MessageId: 'm9', Status: { Value: 'SENT' } };
    expect(parsePushEvent(channelDetails([row, good]))).toMatchObject({ statuses: [{ message: { messageId: 'm9' } }] });
  });

  it('is ignored if there are no rows, or no channel', () => {
    expect(parsePushEvent({ type: 'CHANNEL_DETAILS', payload: '{}' })).toEqual({ kind: 'statuses', statuses: [] });
    const row = { MessageId: 'm1', Status: { Value: 'SENT' } };
    expect(parsePushEvent(channelDetails([row], {}))).toMatchObject({ kind: 'statuses', statuses: [] });
  });

  it('may contain its channel beside the rows', () => {
    const row = { MessageId: 'm1', Status: { Value: 'SENT' } };
    expect(parsePushEvent(channelDetails([row], { ChannelArn: channel }))).toMatchObject({
      statuses: [{ message: { messageId: 'm1', channelArn: channel } }],
    });
  });

  it('returns what it could read, and whether rows were unreadable', () => {
    const row = { MessageId: 'm1', Status: { Value: 'SENT' } };
    const unreadable = [null, 7, {}, { MessageId: '' }, { MessageId: 'x'.repeat(129) }];
    const event = parsePushEvent(channelDetails([...unreadable, row], { Channel: { ChannelArn: channel } }));
    expect(event).toMatchObject({
      statuses: [{ message: { messageId: 'm1' }, status: 'SENT' }],
      malformed: expect.stringContaining('rows of CHANNEL_DETAILS'),
    });
  });
});

describe('other events', () => {
  it('include SESSION_ESTABLISHED, which opens a session, with a payload or without', () => {
    for (const payload of [null, undefined, '{}', 'junk']) {
      const message = { type: 'SESSION_ESTABLISHED', ...(payload === undefined ? {} : { payload }) };
      expect(parsePushEvent(message)).toEqual({ kind: 'established' });
    }
  });

  it.each(['REDACT_CHANNEL_MESSAGE', 'DELETE_CHANNEL_MESSAGE'])('include %s, which removes a message', (type) => {
    const message = { ...key, subChannelId: 's1', isEdit: false };
    expect(parsePushEvent(event(type, { SubChannelId: 's1' }))).toEqual({
      kind: 'removed',
      removal: { channelArn: channel, message },
    });
    expect(parsePushEvent(event(type, { MessageId: '' })).kind).toBe('malformed');
  });

  it.each([{ ChannelArn: channel }, { Channel: { ChannelArn: channel } }])(
    'include DELETE_CHANNEL, which removes all messages of its channel (%p)',
    (fields) => {
      const pushEvent = parsePushEvent(
        event('DELETE_CHANNEL', { ChannelArn: undefined, MessageId: undefined, ...fields }),
      );
      expect(pushEvent).toEqual({ kind: 'removed', removal: { channelArn: channel, message: undefined } });
    },
  );

  it.each(['UPDATE_CHANNEL', 'CREATE_CHANNEL_MEMBERSHIP', 'SOME_LATER_EVENT', '__proto__', 'constructor', ''])(
    'like %p contain no outcome',
    (type) => {
      expect(parsePushEvent(event(type))).toEqual({ kind: 'other' });
      expect(parsePushEvent({ type, payload: 'junk' })).toEqual({ kind: 'other' });
    },
  );
});

describe('an unparsable event', () => {
  const type = 'CREATE_CHANNEL_MESSAGE';
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'CREATE_CHANNEL_MESSAGE'],
    ['no type', { payload: '{}' }],
    ['a type that is no text', { type: 7, payload: '{}' }],
    ['no payload', { type }],
    ['a payload that is null', { type, payload: null }],
    ['a payload that is an object already', { type, payload: { MessageId: 'm1', ChannelArn: channel } }],
    ['a payload that is no JSON', { type, payload: '<html>' }],
    ['a payload that is cut off', { type, payload: '{"MessageId":"m1","ChannelArn":"arn:aws' }],
    ['a payload that is JSON, but no object', { type, payload: '"m1"' }],
    ['a payload that is a list', { type, payload: '[]' }],
    ['a payload that is null in JSON', { type, payload: 'null' }],
    ['no message id', event(type, { MessageId: undefined })],
    ['an empty message id', event(type, { MessageId: '' })],
    ['a message id that is a number', event(type, { MessageId: 7 })],
    ['no channel', event(type, { ChannelArn: undefined })],
    ['a channel that is an object', event(type, { ChannelArn: {} })],
    ['an event that contradicts its own status', event(type, { Status: { Value: 'DENIED' } })],
    ['a deletion of a channel without its ARN', event('DELETE_CHANNEL', { ChannelArn: 7 })],
    ['a prefetch whose rows are no list', channelDetails({ m1: {} })],
    ['a prefetch that is no JSON', { type: 'CHANNEL_DETAILS', payload: '{' }],
  ])('is malformed, and proves nothing: %s', (_name, message) => {
    expect(parsePushEvent(message as PushMessage)).toEqual({ kind: 'malformed', why: expect.any(String) });
  });
});

describe('the warning about an unparsable event', () => {
  const unreadable = {
    get type(): string {
      throw new Error('gone');
    },
  };
  it.each<[string, unknown]>([
    ['a message that cannot be read', unreadable],
    ['a message without a type', {}],
    ['CREATE_CHANNEL_MESSAGE without a JSON object as its payload', { type: 'CREATE_CHANNEL_MESSAGE', payload: '7' }],
    ['CREATE_CHANNEL_MESSAGE without ChannelArn and MessageId', event('CREATE_CHANNEL_MESSAGE', { MessageId: 7 })],
    [
      'DENIED_CREATE_CHANNEL_MESSAGE with status SENT',
      event('DENIED_CREATE_CHANNEL_MESSAGE', { Status: { Value: 'SENT' } }),
    ],
    ['CHANNEL_DETAILS with ChannelMessages that are not a list', channelDetails('many')],
  ])('%s', (why, message) => {
    expect(parsePushEvent(message as PushMessage)).toEqual({ kind: 'malformed', why });
  });

  it.each([
    ['an ARN of at most 1600 characters is parsed', 1_600, 'statuses'],
    ['a longer ARN is malformed', 1_601, 'malformed'],
  ])('%s', (_name, length, kind) => {
    expect(parsePushEvent(event('CREATE_CHANNEL_MESSAGE', { ChannelArn: 'a'.repeat(length) })).kind).toBe(kind);
  });
});
