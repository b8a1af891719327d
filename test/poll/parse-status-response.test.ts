// The service's answers to the two ways of asking (CHIME.md, "Message status"), and how each reads.

import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/shared/digest.ts';
import type { FailureKind } from '../../src/core/ports/http.ts';
import { parseStatusResponse, type StatusSource } from '../../src/poll/parse-status-response.ts';

const own = { httpStatusCode: 200, requestId: 'req-1' };
const stranger = { httpStatusCode: 200 };

/** What tells of edits, where it is absent. */
const nothing = { contentDigest: undefined, editedAt: undefined };

function read(source: StatusSource, output: unknown): unknown {
  return parseStatusResponse(source, 'm1', { ok: true, output });
}

describe('the answer to a status request reads', () => {
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
    ['a later word', { Status: { Value: 'ARCHIVED' }, $metadata: own }, { kind: 'unknown-status', word: 'ARCHIVED' }],
    [
      'a word of ours that is not the service’s',
      { Status: { Value: 'UNKNOWN' } },
      { kind: 'unknown-status', word: 'UNKNOWN' },
    ],
    ['lower case', { Status: { Value: 'sent' } }, { kind: 'unknown-status', word: 'sent' }],
    ['a status that is text', { Status: 'SENT', $metadata: own }, { kind: 'unknown-status', word: 'SENT' }],
    ['no Status', { $metadata: own }, { kind: 'missing' }],
    ['Status null', { Status: null, $metadata: own }, { kind: 'missing' }],
    ['Status without Value', { Status: {}, $metadata: own }, { kind: 'missing' }],
    ['Value null', { Status: { Value: null }, $metadata: own }, { kind: 'missing' }],
    ['no Status, from nobody in particular', { $metadata: stranger }, { kind: 'empty' }],
    ['no Status, no metadata', {}, { kind: 'empty' }],
    ['Status without Value, from nobody in particular', { Status: {}, $metadata: stranger }, { kind: 'missing' }],
    ['nothing', undefined, { kind: 'empty' }],
    ['null', null, { kind: 'empty' }],
    ['text', 'OK', { kind: 'empty' }],
  ])('%s', (_name, output, expected) => {
    expect(read('status', output)).toEqual(expected);
  });
});

describe('the answer to a message request reads', () => {
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
      'a later word',
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
  ])('%s', (_name, output, expected) => {
    expect(read('message', output)).toEqual(expected.kind === 'empty' ? expected : { ...expected, shown: nothing });
  });

  it.each([
    ['a date, as the SDK gives it', new Date(1_700_000_000_500), 1_700_000_000_500],
    ['seconds, as the wire has it', 1_700_000_000.5, 1_700_000_000_500],
    ['no date', new Date(NaN), undefined],
    ['text', '2026-01-01', undefined],
    ['null', null, undefined],
    ['Infinity', Infinity, undefined],
  ])('the time of the last edit, from %s', (_what, LastEditedTimestamp, editedAt) => {
    const reading = read('message', found({ MessageId: 'm1', Status: { Value: 'SENT' }, LastEditedTimestamp }));
    expect(reading).toEqual({ kind: 'status', status: 'SENT', shown: { ...nothing, editedAt } });
  });

  it.each([
    ['a digest, and not kept', 'hello', digestOf('hello')],
    ['nothing where it is no text', 7, undefined],
    ['a digest also where it is empty', '', digestOf('')],
  ])('the content as %s', (_what, Content, contentDigest) => {
    expect(read('message', found({ MessageId: 'm1', Content }))).toEqual({
      kind: 'present',
      shown: { ...nothing, contentDigest },
    });
  });
});

describe.each<StatusSource>(['status', 'message'])('a %s request that failed reads', (source) => {
  const fail = (kind: FailureKind): unknown =>
    parseStatusResponse(source, 'm1', { ok: false, failure: { kind, error: 'x' } });

  it('missing by a 404', () => {
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
  it.each(others)('as no answer by %s', (kind) => {
    expect(fail(kind)).toEqual({ kind: 'failure', failure: { kind, error: 'x' } });
  });
});

describe('an answer that cannot be read', () => {
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
