// The responses to both kinds of poll, and how each is parsed.

import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/shared/digest.ts';
import type { FailureKind } from '../../src/core/ports/http.ts';
import { parseStatusResponse, type StatusSource } from '../../src/poll/parse-status-response.ts';

const own = { httpStatusCode: 200, requestId: 'req-1' };
const stranger = { httpStatusCode: 200 };

/** The fields about edits, absent. */
const nothing = { contentDigest: undefined, editedAt: undefined };

function read(source: StatusSource, output: unknown): unknown {
  return parseStatusResponse(source, 'm1', { ok: true, output });
}

describe('the response to a status request', () => {
  it.each([
    ['SENT', { Status: { Value: 'SENT' }, $metadata: own }, { kind: 'status', status: 'SENT' }],
    ['FAILED', { Status: { Value: 'FAILED', Detail: 'no' } }, { kind: 'status', status: 'FAILED', detail: 'no' }],
    ['DENIED', { Status: { Value: 'DENIED' }, $metadata: own }, { kind: 'status', status: 'DENIED' }],
    ['PENDING', { Status: { Value: 'PENDING' }, $metadata: own }, { kind: 'status', status: 'PENDING' }],
    [
      'SENT, where CORS hides the request id',
      { Status: { Value: 'SENT' }, $metadata: stranger },
      { kind: 'status', status: 'SENT' },
    ],
    ['a detail that is no text', { Status: { Value: 'SENT', Detail: 7 } }, { kind: 'status', status: 'SENT' }],
    [
      'an unknown status',
      { Status: { Value: 'ARCHIVED' }, $metadata: own },
      { kind: 'unknown-status', word: 'ARCHIVED' },
    ],
    [
      'a status of ours that is not the service’s',
      { Status: { Value: 'UNKNOWN' } },
      { kind: 'unknown-status', word: 'UNKNOWN' },
    ],
    ['lower case', { Status: { Value: 'sent' } }, { kind: 'unknown-status', word: 'sent' }],
    ['a status that is text', { Status: 'SENT', $metadata: own }, { kind: 'unknown-status', word: 'SENT' }],
    ['no Status', { $metadata: own }, { kind: 'missing' }],
    ['Status null', { Status: null, $metadata: own }, { kind: 'missing' }],
    ['Status without Value', { Status: {}, $metadata: own }, { kind: 'missing' }],
    ['Value null', { Status: { Value: null }, $metadata: own }, { kind: 'missing' }],
    ['no Status, without a request id', { $metadata: stranger }, { kind: 'empty' }],
    ['no Status, no metadata', {}, { kind: 'empty' }],
    ['Status without Value, without a request id', { Status: {}, $metadata: stranger }, { kind: 'missing' }],
    ['nothing', undefined, { kind: 'empty' }],
    ['null', null, { kind: 'empty' }],
    ['text', 'OK', { kind: 'empty' }],
  ])('is parsed: %s', (_name, output, expected) => {
    expect(read('status', output)).toEqual(expected);
  });
});

describe('the response to a message request', () => {
  const found = (message: unknown): object => ({ ChannelMessage: message, $metadata: own });
  it.each([
    ['SENT', found({ MessageId: 'm1', Status: { Value: 'SENT' } }), { kind: 'status', status: 'SENT' }],
    ['PENDING', found({ MessageId: 'm1', Status: { Value: 'PENDING' } }), { kind: 'status', status: 'PENDING' }],
    [
      'FAILED',
      found({ MessageId: 'm1', Status: { Value: 'FAILED', Detail: 'no' } }),
      { kind: 'status', status: 'FAILED', detail: 'no' },
    ],
    [
      'an unknown status',
      found({ MessageId: 'm1', Status: { Value: 'ARCHIVED' } }),
      { kind: 'unknown-status', word: 'ARCHIVED' },
    ],
    ['a message without a status', found({ MessageId: 'm1' }), { kind: 'present' }],
    ['a message with an empty status', found({ MessageId: 'm1', Status: {} }), { kind: 'present' }],
    ['a message that names no id', found({ Status: undefined }), { kind: 'present' }],
    ['another message', found({ MessageId: 'm2', Status: { Value: 'SENT' } }), { kind: 'empty' }],
    ['no message', { $metadata: own }, { kind: 'empty' }],
    ['a message that is null', found(null), { kind: 'empty' }],
    ['a message that is text', found('m1'), { kind: 'empty' }],
    ['nothing', undefined, { kind: 'empty' }],
  ])('is parsed: %s', (_name, output, expected) => {
    expect(read('message', output)).toEqual(expected.kind === 'empty' ? expected : { ...expected, shown: nothing });
  });

  it.each([
    ['a date, as in the SDK', new Date(1_700_000_000_500), 1_700_000_000_500],
    ['seconds, as on the wire', 1_700_000_000.5, 1_700_000_000_500],
    ['no date', new Date(NaN), undefined],
    ['text', '2026-01-01', undefined],
    ['null', null, undefined],
    ['Infinity', Infinity, undefined],
  ])('has the time of the last edit from %s', (_what, LastEditedTimestamp, editedAt) => {
    const reading = read('message', found({ MessageId: 'm1', Status: { Value: 'SENT' }, LastEditedTimestamp }));
    expect(reading).toEqual({ kind: 'status', status: 'SENT', shown: { ...nothing, editedAt } });
  });

  it.each([
    ['a digest, and not kept', 'hello', digestOf('hello')],
    ['nothing if it is no text', 7, undefined],
    ['a digest even if it is empty', '', digestOf('')],
  ])('has the content as %s', (_what, Content, contentDigest) => {
    expect(read('message', found({ MessageId: 'm1', Content }))).toEqual({
      kind: 'present',
      shown: { ...nothing, contentDigest },
    });
  });
});

describe.each<StatusSource>(['status', 'message'])('a failed %s request', (source) => {
  const fail = (kind: FailureKind): unknown =>
    parseStatusResponse(source, 'm1', { ok: false, failure: { kind, error: 'x' } });

  it('counts as missing after a 404', () => {
    expect(fail('not-found')).toEqual({ kind: 'missing' });
  });

  const others: FailureKind[] = [
    'throttled',
    'credentials',
    'clock-skew',
    'forbidden',
    'invalid',
    'conflict',
    'client-error',
    'aborted',
    'unreachable',
  ];
  it.each(others)('counts as no response after %s', (kind) => {
    expect(fail(kind)).toEqual({ kind: 'failure', failure: { kind, error: 'x' } });
  });
});

describe('an unreadable response', () => {
  it.each(['status', 'message'] as const)('to a %s request is a network failure', (question) => {
    const error = new Error('gone');
    const output = {
      get Status(): unknown {
        throw error;
      },
      get ChannelMessage(): unknown {
        throw error;
      },
    };
    expect(read(question, output)).toEqual({ kind: 'failure', failure: { kind: 'unreachable', error } });
  });
});
