import { describe, expect, it } from '@jest/globals';
import type { FailureKind } from '../../src/core/ports/http.ts';
import { parseSendResponse } from '../../src/send/parse-send-response.ts';
import { serviceError } from '../support/sdk-errors.ts';

const at = 1_000_000;
const error = serviceError('Whatever', 400);

function read(output: unknown): unknown {
  return parseSendResponse({ ok: true, output }, { at, mayHaveArrived: false });
}
function readTrouble(kind: FailureKind, mayHaveArrived: boolean, cause: unknown = error): unknown {
  return parseSendResponse({ ok: false, failure: { kind, error: cause } }, { at, mayHaveArrived });
}
const accepted = (more: object = {}): object => ({
  kind: 'evidence',
  evidence: { kind: 'accepted', at, messageId: 'm1', ...more },
});

describe('a response to a send', () => {
  it.each([
    ['an id', { MessageId: 'm1' }, accepted()],
    ['a status', { MessageId: 'm1', Status: { Value: 'PENDING' } }, accepted({ status: 'PENDING' })],
    [
      'an outcome',
      { MessageId: 'm1', SubChannelId: 's1', Status: { Value: 'FAILED', Detail: 'no' } },
      accepted({ status: 'FAILED', detail: 'no', subChannelId: 's1' }),
    ],
    ['an unknown status', { MessageId: 'm1', Status: { Value: 'ARCHIVED' } }, accepted()],
    ['a status that is null', { MessageId: 'm1', Status: null }, accepted()],
    ['a status that is text', { MessageId: 'm1', Status: 'SENT' }, accepted()],
    ['fields of the wrong type', { MessageId: 'm1', SubChannelId: 7, Status: { Value: 1, Detail: {} } }, accepted()],
  ])('with %s means that the service has the message', (_name, output, expected) => {
    expect(read(output)).toEqual(expected);
  });

  it.each([[undefined], [null], [{}], [''], [{ MessageId: '' }], [{ MessageId: 7 }], [{ $metadata: {} }]])(
    'without an id comes from a proxy, and the message is sent again: %p',
    (output) => {
      expect(read(output)).toEqual({ kind: 'retry', error: expect.any(Error) });
    },
  );
});

describe('a failed send', () => {
  const refused = { kind: 'evidence', evidence: { kind: 'rejected', at, error } };
  const lost = { kind: 'evidence', evidence: { kind: 'unconfirmed', at, error } };

  it.each<[FailureKind, object, object]>([
    // kind, if no earlier attempt can have arrived, if one can
    ['invalid', refused, lost],
    ['forbidden', refused, lost],
    ['not-found', refused, lost],
    ['conflict', { kind: 'retry', error }, { kind: 'retry', error }],
    ['client-error', refused, lost],
    ['throttled', { kind: 'retry', error }, { kind: 'retry', error }],
    ['unreachable', { kind: 'retry', error }, { kind: 'retry', error }],
    ['credentials', { kind: 'credentials', error }, { kind: 'credentials', error }],
    ['clock-skew', { kind: 'credentials', error }, { kind: 'credentials', error }],
    ['aborted', { kind: 'aborted' }, { kind: 'aborted' }],
  ])('with %s is refused for good only if no earlier attempt can have arrived', (kind, never, perhaps) => {
    expect([readTrouble(kind, false), readTrouble(kind, true)]).toEqual([never, perhaps]);
  });

  it('with one conflict after the other ends, and is refused for good only if no earlier attempt can have arrived', () => {
    const answer = { ok: false, failure: { kind: 'conflict', error } } as const;
    const after = (conflicts: number, mayHaveArrived: boolean): unknown =>
      parseSendResponse(answer, { at, mayHaveArrived, conflicts });
    expect([after(3, false), after(4, false), after(4, true)]).toEqual([{ kind: 'retry', error }, refused, lost]);
  });

  it('with a 400 about its content is refused for good: the first attempt had the same content', () => {
    expect(readTrouble('invalid', true, serviceError('BadRequestException', 400))).toMatchObject({
      evidence: { kind: 'rejected' },
    });
  });

  it('with a 400 that is not about its content is not refused for good if an earlier attempt can have arrived', () => {
    const full = serviceError('ResourceLimitExceededException', 400);
    expect(readTrouble('invalid', true, full)).toMatchObject({ evidence: { kind: 'unconfirmed' } });
    expect(readTrouble('invalid', false, full)).toMatchObject({ evidence: { kind: 'rejected' } });
  });
});
