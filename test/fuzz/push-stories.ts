// Websocket messages as the service sends them, almost as it sends them, and as no service would.

import * as fc from 'fast-check';
import { alice, bob, channel, otherChannel } from '../support/delivery-record.ts';
import { mutated, plain, rawJson, strange, type Shape } from './strange.ts';

const status = fc.constantFrom('PENDING', 'SENT', 'SENT', 'FAILED', 'DENIED');
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** The messages of these stories; an app may well have such ids. */
export const messageIds: readonly string[] = ['m1', 'm2', 'm3', 'm4', '__proto__', 'constructor'];

const row = fc.record(
  {
    MessageId: fc.constantFrom(...messageIds),
    ChannelArn: mostly(channel, otherChannel),
    Sender: fc.record({ Arn: mostly(alice, bob), Name: fc.constant('somebody') }),
    Status: fc.record({ Value: status, Detail: fc.constantFrom('', 'no answer') }, { requiredKeys: ['Value'] }),
    Content: fc.constant('hello'),
    LastEditedTimestamp: fc.constant('2026-01-01T00:00:00.000Z'),
  },
  { requiredKeys: ['MessageId', 'ChannelArn'] },
);

const event = fc
  .record({ status, isEdit: mostly(false, true), body: row, agrees: mostly(true, false) })
  .map(({ status, isEdit, body, agrees }) => ({
    type: `${status === 'SENT' ? '' : `${status}_`}${isEdit ? 'UPDATE' : 'CREATE'}_CHANNEL_MESSAGE`,
    body: agrees ? { ...body, Status: { ...body.Status, Value: status } } : body,
  }));

const details = fc.record({
  type: fc.constant('CHANNEL_DETAILS'),
  body: fc.record({
    Channel: fc.record({ ChannelArn: mostly(channel, otherChannel) }),
    ChannelMessages: fc.array(
      fc.oneof(
        row,
        row.map((fields) => ({ ...fields, ChannelArn: undefined })),
      ),
      { maxLength: 4 },
    ),
  }),
});

const other = fc.record({
  type: fc.constantFrom(
    'SESSION_ESTABLISHED',
    'REDACT_CHANNEL_MESSAGE',
    'DELETE_CHANNEL',
    'UPDATE_CHANNEL',
    'SENT_CHANNEL_MESSAGE',
    '',
  ),
  body: row,
});

const framed = fc
  .oneof({ weight: 5, arbitrary: event }, { weight: 2, arbitrary: details }, { weight: 1, arbitrary: other })
  .chain(({ type, body }) =>
    fc.record({ type: fc.constant(type), headers: fc.constant({}), payload: rawJson(fc.constant(body)) }),
  );

/** One message, as a source may emit it. */
export const pushMessage: fc.Arbitrary<Shape> = fc.oneof(
  {
    weight: 6,
    arbitrary: framed.map(plain),
  },
  { weight: 3, arbitrary: mutated(framed) },
  { weight: 1, arbitrary: strange },
);
