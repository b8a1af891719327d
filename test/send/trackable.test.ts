import { describe, expect, it } from '@jest/globals';
import { parseTrackable, type Trackable } from '../../src/send/trackable.ts';
import { alice, bob, channel, deepFreeze } from '../support/delivery-record.ts';

const plain = { channelArn: channel, messageId: 'm1' };
const output = { ChannelArn: channel, MessageId: 'm1', $metadata: {} };
const read = (message: unknown): ReturnType<typeof parseTrackable> =>
  parseTrackable(deepFreeze(message) as Trackable, alice);

const request = {
  channelArn: channel,
  messageId: 'm1',
  subChannelId: undefined,
  chimeBearer: alice,
  missingMeansDenied: true,
  isEdit: false,
  status: undefined,
  detail: undefined,
};

/** What was given of the details. */
function detailsIn(message: unknown): object {
  const { type, persistence, input, context } = message as Record<string, unknown>;
  return { type, persistence, input, context };
}

describe('a tracked message', () => {
  it.each<[string, unknown, object]>([
    ['a plain message', plain, {}],
    ['a plain message of another bearer', { ...plain, chimeBearer: bob }, { chimeBearer: bob }],
    ['in a sub-channel', { ...plain, subChannelId: 's1' }, { subChannelId: 's1' }],
    ['with a known status', { ...plain, status: 'SENT' }, { status: 'SENT' }],
    ['that is not persistent', { ...plain, persistence: 'NON_PERSISTENT' }, { missingMeansDenied: false }],
    ['that passes no flow', { ...plain, type: 'CONTROL' }, { missingMeansDenied: false }],
    ['that is an edit', { ...plain, operation: 'update' }, { missingMeansDenied: false, isEdit: true }],
    [
      'with all optional fields undefined',
      { ...plain, persistence: undefined, type: undefined, status: undefined },
      {},
    ],
    ['an output', output, {}],
    ['an output in a sub-channel', { ...output, SubChannelId: 's1' }, { subChannelId: 's1' }],
    [
      'an output with a status',
      { ...output, Status: { Value: 'DENIED', Detail: 'rude' } },
      { status: 'DENIED', detail: 'rude' },
    ],
    ['an output with an unknown status', { ...output, Status: { Value: 'ARCHIVED' } }, {}],
    ['an output with an empty status', { ...output, Status: {} }, {}],
    ['an output with null for absent fields', { ...output, Status: null, SubChannelId: null }, {}],
  ])('is read from %s', (_name, message, more) => {
    const { details, ...rest } = read(message);
    expect(rest).toEqual({ ...request, ...more });
    expect(details).toEqual(detailsIn(message));
  });

  it.each([
    [{ persistence: 'NON_PERSISTENT' }, { missingMeansDenied: false }],
    [{ type: 'CONTROL' }, { missingMeansDenied: false }],
    [{ operation: 'update' }, { missingMeansDenied: false, isEdit: true }],
    [{ chimeBearer: bob }, { chimeBearer: bob }],
  ])('is read from an output and the options of the app: %p', (added, more) => {
    const { details, ...rest } = read({ ...output, ...added });
    expect(rest).toEqual({ ...request, ...more });
    expect(details).toEqual(detailsIn(added));
  });

  it.each<[string, unknown]>([
    ['message', undefined],
    ['message', null],
    ['message', 'm1'],
    ['message', [output]],
    ['channelArn', {}],
    ['channelArn', { messageId: 'm1' }],
    ['channelArn', { ...plain, channelArn: 'general' }],
    ['messageId', { channelArn: channel }],
    ['messageId', { ...plain, messageId: '' }],
    ['messageId', { ...output, MessageId: '' }],
    ['messageId', { ...output, MessageId: undefined }],
    ['messageId', { ...plain, messageId: 'a/b' }],
    ['messageId', { ...plain, messageId: 'x'.repeat(129) }],
    ['subChannelId', { ...plain, subChannelId: '' }],
    ['chimeBearer', { ...plain, chimeBearer: 'alice' }],
    ['persistence', { ...plain, persistence: 'FOREVER' }],
    ['type', { ...plain, type: 'standard' }],
    ['operation', { ...plain, operation: 'redact' }],
    ['status', { ...plain, status: 'UNKNOWN' }],
    ['status', { ...plain, status: 'sent' }],
  ])('is rejected for its %s: %p', (argument, message) => {
    expect(() => read(message)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
  });
});
