// The verdict table of the contract, written out: records (columns) and reports (rows).

import { describe, expect, it } from '@jest/globals';
import { reduce, type MissingRules } from '../../src/core/reduce.ts';
import type { EditRead, Evidence } from '../../src/core/evidence.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import type { OutcomeEvidence, ServiceStatus } from '../../src/core/status.ts';
import { deepFreeze, editing, pending, rules, sending, sentAt } from '../support/delivery-record.ts';

const at = sentAt + 10_000;
const error = new Error('from the service');

const missed = { missingCount: 1, lastMissingAt: at - 1_000, polls: 1 };
const columns = {
  sending: sending(),
  fresh: pending(),
  missedOnce: pending(missed),
  seenAndMissed: pending({ ...missed, seen: true, sentAt: at - 2_000 }),
  unseenAndMissed: pending({ ...missed, sentAt: at - 9_999 }),
  young: pending({ seen: true, sentAt: at - 1_999, missingCount: 3, lastMissingAt: at - 1_000, pollCount: 3 }),
  nonPersistent: pending({ missingMeansDenied: false, ...missed }),
  edit: editing(missed),
  editSeenPending: editing({ ...missed, seen: true }),
  oldEdit: editing({ ...missed, sentAt: at - 60_000 }),
};
/** How many columns are accepted messages, and how many edits. */
const CREATES = 6;
const EDITS = 3;

function said(source: OutcomeEvidence, status: ServiceStatus): Evidence {
  return { kind: 'status', source, status, at };
}
function missing(source: 'status' | 'message' | 'status-only', when = at): Evidence {
  return { kind: 'missing', source, at: when };
}
const accepted = { kind: 'accepted', messageId: 'm1', at } as const;

/** The result for `record`, in short: the status, its source, and after a poll the polls and misses. */
function verdict(record: DeliveryRecord, evidence: Evidence, by: MissingRules = rules): string {
  const after = reduce(record, deepFreeze(evidence), by);
  if (after === record) return '=';
  const why = after.reason ?? after.evidence;
  const looks = after.pollCount === record.pollCount ? '' : ` polled:${after.pollCount - record.pollCount}`;
  const misses = after.status === 'PENDING' && after.missingCount > 0 ? ` misses:${after.missingCount}` : '';
  return `${after.status}${why === undefined ? '' : ` ${why}`}${looks}${misses}`;
}

type Row = readonly [string, Evidence, ...string[]];

/** A report without an effect is `=`. Columns as above: the send, then messages, then edits. */
function row(
  name: string,
  evidence: Evidence,
  ofSend: string,
  ofMessages: string | string[],
  ofEdits: string | string[],
): Row {
  const all = (words: string | string[], count: number): string[] =>
    typeof words === 'string' ? Array.from({ length: count }, () => words) : words;
  return [name, evidence, ofSend, ...all(ofMessages, CREATES), ...all(ofEdits, EDITS)];
}

/** A read of the message shows nothing about the edit, except that time has passed. */
const editLooked = ['PENDING polled:1 misses:1', 'PENDING polled:1 misses:1', 'UNKNOWN indeterminate polled:1'];
const lookedAtMisses = [0, 1, 1, 1, 3, 1].map(
  (missingCount) => `PENDING polled:1${missingCount > 0 ? ` misses:${missingCount}` : ''}`,
);
const oneMoreMiss = [1, 2, 2, 2, 4, 2].map((missingCount) => `PENDING polled:1 misses:${missingCount}`);

const unmissed = ['=', 'PENDING', 'PENDING', 'PENDING', 'PENDING', 'PENDING'];

const table: Row[] = [
  row('the send was accepted', accepted, 'PENDING', '=', '='),
  row('accepted, pending', { ...accepted, status: 'PENDING' }, 'PENDING', '=', '='),
  row('accepted, sent', { ...accepted, status: 'SENT' }, 'SENT send-response', '=', '='),
  row('accepted, failed', { ...accepted, status: 'FAILED' }, 'FAILED send-response', '=', '='),
  row('accepted, denied', { ...accepted, status: 'DENIED' }, 'DENIED send-response', '=', '='),
  row('the send was refused', { kind: 'rejected', error, at }, 'FAILED rejected', '=', '='),
  row('the answer was lost', { kind: 'unconfirmed', error, at }, 'UNKNOWN indeterminate', '=', '='),
  row('the send answered SENT', said('send-response', 'SENT'), '=', 'SENT send-response', 'SENT send-response'),
  // These explain a miss, and are no sign that the message can be read.
  row('the send answered PENDING', said('send-response', 'PENDING'), '=', unmissed, 'PENDING'),
  row('push said SENT', said('websocket', 'SENT'), '=', 'SENT websocket', 'SENT websocket'),
  row('push said FAILED', said('websocket', 'FAILED'), '=', 'FAILED websocket', 'FAILED websocket'),
  row('push said DENIED', said('websocket', 'DENIED'), '=', 'DENIED websocket', 'DENIED websocket'),
  row('push said PENDING', said('websocket', 'PENDING'), '=', unmissed, 'PENDING'),
  // A read by the id of an edit finds the message, and not the edit.
  row('prefetch said SENT', said('prefetch', 'SENT'), '=', 'SENT prefetch', '='),
  row('prefetch said FAILED', said('prefetch', 'FAILED'), '=', 'FAILED prefetch', '='),
  row('prefetch said DENIED', said('prefetch', 'DENIED'), '=', 'DENIED prefetch', '='),
  row('prefetch said PENDING', said('prefetch', 'PENDING'), '=', unmissed, '='),
  ...(['status', 'list', 'message'] as const).flatMap((source) => [
    row(`a read (${source}): SENT`, said(source, 'SENT'), '=', `SENT ${source} polled:1`, editLooked),
    row(`a read (${source}): FAILED`, said(source, 'FAILED'), '=', `FAILED ${source} polled:1`, editLooked),
    row(`a read (${source}): DENIED`, said(source, 'DENIED'), '=', `DENIED ${source} polled:1`, editLooked),
    row(`a read (${source}): PENDING`, said(source, 'PENDING'), '=', 'PENDING polled:1', editLooked),
  ]),
  row('a read: stored, no status told', { kind: 'present', at }, '=', 'PENDING polled:1', 'PENDING polled:1'),
  row('a read: no status, and only the status was asked for', missing('status'), '=', oneMoreMiss, [
    'PENDING polled:1 misses:2',
    'PENDING polled:1 misses:2',
    'PENDING polled:1 misses:2',
  ]),
  ...(['message', 'status-only'] as const).map((source) =>
    row(
      `a read: no such message, says ${source}`,
      missing(source),
      '=',
      [
        'PENDING polled:1 misses:1',
        'DENIED missing polled:1',
        'DENIED missing polled:1',
        'PENDING polled:1 misses:2',
        'PENDING polled:1 misses:4',
        'UNKNOWN indeterminate polled:1',
      ],
      'UNKNOWN indeterminate polled:1',
    ),
  ),
  row(
    'it was deleted or redacted',
    { kind: 'removed', at },
    'SENDING',
    ['PENDING', 'PENDING misses:1', 'PENDING misses:1', 'PENDING misses:1', 'PENDING misses:3', '='],
    '=',
  ),
  row('a read without an answer', { kind: 'no-response', at }, '=', lookedAtMisses, 'PENDING polled:1 misses:1'),
  row('a bad question', { kind: 'invalid', error, at }, '=', ...both('UNKNOWN invalid polled:1')),
  row('nobody may ask', { kind: 'forbidden', error, at }, '=', ...both('UNKNOWN forbidden polled:1')),
  row('the deadline', { kind: 'deadline', at }, 'UNKNOWN deadline', ...both('UNKNOWN deadline')),
];

function both(word: string): [string, string] {
  return [word, word];
}

describe('the verdict', () => {
  it.each(table)('on: %s', (_name, evidence, ...expected) => {
    const verdicts = Object.values(columns).map((record) => verdict(record, evidence));
    expect(Object.fromEntries(Object.keys(columns).map((name, index) => [name, verdicts[index]]))).toEqual(
      Object.fromEntries(Object.keys(columns).map((name, index) => [name, expected[index]])),
    );
  });

  const ends: Partial<DeliveryRecord>[] = [
    { status: 'SENT', settledAt: at, evidence: 'websocket' },
    { status: 'FAILED', settledAt: at, evidence: 'status' },
    { status: 'DENIED', settledAt: at, evidence: 'missing' },
    { status: 'UNKNOWN', settledAt: at, reason: 'deadline' },
  ];
  it.each(ends)('$status is final, whatever comes', (end) => {
    const record = pending(end);
    for (const [name, evidence] of table)
      expect([name, reduce(record, evidence, rules) === record]).toEqual([name, true]);
  });

  it('on a miss depends on the distance to the one before', () => {
    const record = pending({ seen: true, missingCount: 1, lastMissingAt: sentAt + 5_000 });
    expect(verdict(record, missing('message', sentAt + 5_999))).toBe('PENDING polled:1 misses:1');
    expect(verdict(record, missing('message', sentAt + 6_000))).toBe('DENIED missing polled:1');
  });

  it.each([
    ['that a read has shown', true, 2_000],
    ['that nothing has ever shown', false, 10_000],
  ])('on a miss depends on the age of the message, %s', (_what, seen, ageMs) => {
    const record = pending({ seen, missingCount: 1, lastMissingAt: sentAt });
    expect(verdict(record, missing('message', sentAt + ageMs - 1))).toBe('PENDING polled:1 misses:2');
    expect(verdict(record, missing('message', sentAt + ageMs))).toBe('DENIED missing polled:1');
  });

  it('on a miss from a slow response uses the age at the request', () => {
    const record = pending({ seen: true, missingCount: 1, lastMissingAt: sentAt - 5_000 });
    const slow = (at: number): Evidence => ({ kind: 'missing', source: 'message', at, tookMs: 4_000 });
    expect(verdict(record, slow(sentAt + 5_999))).toBe('PENDING polled:1 misses:2');
    expect(verdict(record, slow(sentAt + 6_000))).toBe('DENIED missing polled:1');
  });

  it.each<[string, Evidence]>([
    ['a status', said('status', 'PENDING')],
    ['a row', said('list', 'PENDING')],
    ['the message without a status', { kind: 'present', at }],
  ])('on a miss comes sooner for a message that %s has shown', (_what, shown) => {
    const record = reduce(pending({ sentAt: at - 2_000 }), shown, rules);
    expect(record.seen).toBe(true);
    const once = reduce(record, missing('message'), rules);
    expect(verdict(once, missing('message', at + 1_000))).toBe('DENIED missing polled:1');
  });

  it('on a miss comes no sooner because the response to the send, an event or a row of the prefetch was PENDING', () => {
    const sent = reduce(sending(), { ...accepted, at: sentAt, status: 'PENDING' }, rules);
    const heard = reduce(sent, said('websocket', 'PENDING'), rules);
    const record = reduce(heard, said('prefetch', 'PENDING'), rules);
    expect(record.seen).toBe(false);
    expect(verdict({ ...record, missingCount: 1 }, missing('message', sentAt + 9_999))).toBe(
      'PENDING polled:1 misses:2',
    );
  });

  it('on a miss counts the age from the response to the send, not from its beginning', () => {
    const slow = reduce(sending(), { ...accepted, at: sentAt + 60_000 }, rules);
    const once = reduce(slow, missing('message', sentAt + 60_500), rules);
    expect(verdict(once, missing('message', sentAt + 69_999))).toBe('PENDING polled:1 misses:2');
    expect(verdict(once, missing('message', sentAt + 70_000))).toBe('DENIED missing polled:1');
  });

  it('on misses is never DENIED once the message was deleted, redacted or went with its channel', () => {
    const removed = reduce(columns.seenAndMissed, { kind: 'removed', at }, rules);
    expect(verdict(removed, missing('message'))).toBe('UNKNOWN indeterminate polled:1');
    expect(verdict(removed, said('status', 'SENT'))).toBe('SENT status polled:1');
  });

  it('on the first miss is final with one confirmation, but not for a young message', () => {
    const trusting = { ...rules, confirmations: 1 };
    const seen = pending({ seen: true });
    expect(verdict(seen, missing('status', sentAt + 2_000), trusting)).toBe('DENIED missing polled:1');
    expect(verdict(seen, missing('status', sentAt + 1_999), trusting)).toBe('PENDING polled:1 misses:1');
  });

  it('on misses waits for the required number', () => {
    const careful = { ...rules, confirmations: 4 };
    expect(verdict(pending({ missingCount: 2, lastMissingAt: sentAt }), missing('message'), careful)).toContain(
      'misses:3',
    );
    expect(verdict(pending({ missingCount: 3, lastMissingAt: sentAt }), missing('message'), careful)).toContain(
      'DENIED',
    );
  });

  it.each(['status', 'present'] as const)('on misses starts again when the message was seen (%s)', (kind) => {
    const seen: Evidence = kind === 'status' ? said('status', 'PENDING') : { kind, at };
    const record = reduce(columns.missedOnce, seen, rules);
    expect(verdict(record, missing('message', at + 5_000))).toBe('PENDING polled:1 misses:1');
    // However soon: the earlier misses have been explained.
    expect(verdict(record, missing('message', columns.missedOnce.lastMissingAt + 1))).toBe('PENDING polled:1 misses:1');
  });
});

/** What a read showed about an edit. */
function read(
  shows: EditRead['shows'],
  status: ServiceStatus | undefined,
  more: Partial<Pick<EditRead, 'ambiguous' | 'source' | 'at'>> = {},
): EditRead {
  return { kind: 'edit-read', source: 'message', ambiguous: false, at, shows, status, ...more };
}

describe('the verdict of a read of an edit', () => {
  it.each(['message', 'list'] as const)('is SENT if the message has the edit, shown by %s', (source) => {
    for (const record of [columns.edit, columns.editSeenPending, columns.oldEdit]) {
      for (const status of ['SENT', undefined] as const) {
        expect(verdict(record, read('applied', status, { source }))).toBe(`SENT ${source} polled:1`);
      }
    }
  });

  it.each([
    ['SENT', 'DENIED'],
    ['FAILED', 'FAILED'],
  ] as const)('on an edit that was seen pending, once the message is %s as before, is %s', (status, outcome) => {
    expect(verdict(columns.editSeenPending, read('old', status))).toBe(`${outcome} message polled:1`);
    expect(verdict(columns.editSeenPending, read('old', status, { source: 'list' }))).toBe(`${outcome} list polled:1`);
  });

  it('is DENIED after the required number of confirmations, apart', () => {
    const seen = editing({ seen: true });
    const once = reduce(seen, read('old', 'SENT'), rules);
    expect([once.status, once.missingCount]).toEqual(['PENDING', 1]);
    expect(verdict(once, read('old', 'SENT', { at: at + 999 }))).toBe('PENDING polled:1 misses:1');
    expect(verdict(once, read('old', 'SENT', { at: at + 1_000 }))).toBe('DENIED message polled:1');
    // Pending again: the earlier reads have been explained.
    expect(verdict(once, read('old', 'PENDING', { at: at + 1_000 }))).toBe('PENDING polled:1');
  });

  it.each<[string, EditRead]>([
    ['that was never seen pending', read('old', 'SENT')],
    ['that another edit may have overtaken', read('unclear', 'SENT')],
    ['while the message itself, or a later edit, is pending', read('old', 'SENT', { ambiguous: true })],
    ['of a message without a status', read('old', undefined)],
  ])('is never DENIED %s', (_what, evidence) => {
    const record =
      evidence.shows === 'old' && evidence.status === 'SENT' && !evidence.ambiguous
        ? editing()
        : columns.editSeenPending;
    let now = record;
    for (let i = 0; i < 10; i += 1) now = reduce(now, { ...evidence, at: at + i * 4_000 }, rules);
    expect(now.status).toBe('PENDING');
  });

  it('is pending while the message is pending, unless something else shows its outcome', () => {
    expect(reduce(editing(), read('old', 'PENDING'), rules).seen).toBe(true);
    expect(reduce(editing(), read('unclear', 'PENDING'), rules).seen).toBe(true);
    expect(reduce(editing(), read('old', 'PENDING', { ambiguous: true }), rules).seen).toBe(false);
  });

  it('is UNKNOWN a minute after the edit if reads show nothing about it', () => {
    const record = editing();
    expect(verdict(record, read('old', 'SENT', { at: sentAt + 59_999 }))).toBe('PENDING polled:1');
    expect(verdict(record, read('old', 'SENT', { at: sentAt + 60_000 }))).toBe('UNKNOWN indeterminate polled:1');
    expect(verdict(record, read('old', 'SENT', { at: sentAt + 500 }), { ...rules, editMs: 500 })).toContain('UNKNOWN');
    // A pending edit is waited for.
    expect(verdict(editing({ seen: true }), read('old', 'PENDING', { at: sentAt + 600_000 }))).toBe('PENDING polled:1');
  });
});

describe('the record after a verdict', () => {
  it('of a send has the id, the place, the time of acceptance, and what the service added', () => {
    const after = reduce(sending(), { ...accepted, subChannelId: 's1', status: 'FAILED', detail: 'no' }, rules);
    expect(after).toEqual({
      ...sending(),
      status: 'FAILED',
      messageId: 'm1',
      subChannelId: 's1',
      sentAt: at,
      settledAt: at,
      evidence: 'send-response',
      detail: 'no',
    });
  });

  it('of a refusal has the error', () => {
    expect(reduce(sending(), { kind: 'rejected', error, at }, rules)).toMatchObject({ error, settledAt: at });
  });

  it.each(['invalid', 'forbidden'] as const)('of %s has the error, the reason, and no source', (kind) => {
    const after = reduce(pending(), { kind, error, at }, rules);
    expect(after).toMatchObject({ error, reason: kind, settledAt: at, evidence: undefined });
  });
});
