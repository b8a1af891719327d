import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/core/digest.ts';
import { readPage } from '../../src/poll/list-page.ts';
import type { TroubleKind } from '../../src/core/trouble.ts';

/** What tells of edits, where it is absent. */
const nothing = { contentDigest: undefined, editedAt: undefined };
const page = (output: unknown): ReturnType<typeof readPage> => readPage({ ok: true, output });

describe('a page', () => {
  it('is read for ids and statuses', () => {
    const reading = page({
      ChannelMessages: [
        { MessageId: 'a', Status: { Value: 'SENT' }, Content: 'secret', LastEditedTimestamp: new Date(7_000) },
        { MessageId: 'b', Status: { Value: 'FAILED', Detail: 'why' } },
        { MessageId: 'c' },
      ],
      NextToken: 'next',
    });
    expect(reading).toEqual({
      kind: 'rows',
      token: 'next',
      rows: new Map([
        [
          'a',
          {
            word: 'SENT',
            status: 'SENT',
            detail: undefined,
            shown: { contentDigest: digestOf('secret'), editedAt: 7_000 },
          },
        ],
        ['b', { word: 'FAILED', status: 'FAILED', detail: 'why', shown: nothing }],
        ['c', { word: undefined, status: undefined, detail: undefined, shown: nothing }],
      ]),
    });
    expect(JSON.stringify(reading.kind === 'rows' && [...reading.rows])).not.toContain('secret');
  });

  it.each([[undefined], [''], [3], [null]])('without a token that can be used (%p) is the last', (NextToken) => {
    expect(page({ ChannelMessages: [], NextToken })).toEqual({ kind: 'rows', rows: new Map(), token: undefined });
  });

  it.each([[undefined], [null], ['<html>'], [{}], [{ ChannelMessages: 'many' }], [[]]])(
    'is not what %p is',
    (output) => {
      expect(page(output)).toEqual({ kind: 'failed' });
    },
  );

  it('is not what cannot be read', () => {
    const output = {
      get ChannelMessages(): unknown {
        throw new Error('gone');
      },
    };
    expect(page(output)).toEqual({ kind: 'failed' });
  });

  it('leaves out rows that have no id', () => {
    const ChannelMessages = [null, 3, 'a', [], {}, { MessageId: 7 }, { MessageId: 'ok', Status: 'SENT' }];
    expect(page({ ChannelMessages })).toMatchObject({
      rows: new Map([['ok', { word: undefined, status: undefined, detail: undefined, shown: nothing }]]),
    });
  });

  const troubles: [TroubleKind, string][] = [
    ['forbidden', 'forbidden'],
    ['credentials', 'nothing'],
    ['skew', 'nothing'],
    ['aborted', 'nothing'],
    ['throttled', 'failed'],
    ['road', 'failed'],
    ['invalid', 'failed'],
    ['not-found', 'failed'],
    ['conflict', 'failed'],
    ['refused', 'failed'],
  ];
  it.each(troubles)('that was not had (%s) is %s', (kind, expected) => {
    expect(readPage({ ok: false, trouble: { kind, error: new Error('x') } })).toEqual({ kind: expected });
  });
});
