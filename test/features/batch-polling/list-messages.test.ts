import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../src/shared/digest.ts';
import { parsePage } from '../../../src/features/batch-polling/list-messages.ts';
import type { FailureKind } from '../../../src/core/ports/http.ts';

/** The fields about edits, absent. */
const nothing = { contentDigest: undefined, editedAt: undefined };
const page = (output: unknown): ReturnType<typeof parsePage> => parsePage({ ok: true, output });

describe('ListChannelMessages', () => {
  it('a page is parsed to ids and statuses', () => {
    const response = page({
      ChannelMessages: [
        { MessageId: 'a', Status: { Value: 'SENT' }, Content: 'secret', LastEditedTimestamp: new Date(7_000) },
        { MessageId: 'b', Status: { Value: 'FAILED', Detail: 'why' } },
        { MessageId: 'c' },
      ],
      NextToken: 'next',
    });
    expect(response).toEqual({
      kind: 'rows',
      token: 'next',
      rows: new Map([
        [
          'a',
          {
            raw: 'SENT',
            status: 'SENT',
            detail: undefined,
            shown: { contentDigest: digestOf('secret'), editedAt: 7_000 },
          },
        ],
        ['b', { raw: 'FAILED', status: 'FAILED', detail: 'why', shown: nothing }],
        ['c', { raw: undefined, status: undefined, detail: undefined, shown: nothing }],
      ]),
    });
    expect(JSON.stringify(response.kind === 'rows' && [...response.rows])).not.toContain('secret');
  });

  it.each([[undefined], [''], [3], [null]])('a page without a usable token (%p) is the last', (NextToken) => {
    expect(page({ ChannelMessages: [], NextToken })).toEqual({ kind: 'rows', rows: new Map(), token: undefined });
  });

  it.each([[undefined], [null], ['<html>'], [{}], [{ ChannelMessages: 'many' }], [[]]])(
    '%p is rejected as a page',
    (output) => {
      expect(page(output)).toEqual({ kind: 'failed' });
    },
  );

  it('an unreadable body is rejected as a page', () => {
    const output = {
      get ChannelMessages(): unknown {
        throw new Error('gone');
      },
    };
    expect(page(output)).toEqual({ kind: 'failed' });
  });

  it('a row without an id is left out of the page', () => {
    const ChannelMessages = [null, 3, 'a', [], {}, { MessageId: 7 }, { MessageId: 'ok', Status: 'SENT' }];
    expect(page({ ChannelMessages })).toMatchObject({
      rows: new Map([['ok', { raw: undefined, status: undefined, detail: undefined, shown: nothing }]]),
    });
  });

  const faults: [FailureKind, string][] = [
    ['forbidden', 'forbidden'],
    ['credentials', 'nothing'],
    ['clock-skew', 'nothing'],
    ['aborted', 'nothing'],
    ['throttled', 'failed'],
    ['unreachable', 'failed'],
    ['invalid', 'failed'],
    ['not-found', 'failed'],
    ['conflict', 'failed'],
    ['client-error', 'failed'],
  ];
  it.each(faults)('a page that fails with %s is classified as %s', (kind, expected) => {
    expect(parsePage({ ok: false, failure: { kind, error: new Error('x') } })).toEqual({ kind: expected });
  });
});
