// The verdict table of DESIGN.md, written out: what is known (columns) and what is learnt (rows).

import { describe, expect, it } from '@jest/globals';
import { decide, type MissingRules } from '../../src/core/decide.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Known } from '../../src/core/known.ts';
import type { OutcomeEvidence, ServiceStatus } from '../../src/core/message.ts';
import { deepFreeze, pending, rules, sending, sentAt } from '../support/known.ts';

const at = sentAt + 10_000;
const error = new Error('from the service');

const columns = {
  sending: sending(),
  fresh: pending(),
  missedOnce: pending({ misses: 1, missedAt: at - 1_000, polls: 1 }),
  young: pending({ sentAt: at - 1_900, misses: 3, missedAt: at - 1_000, polls: 3 }),
  nonPersistent: pending({ provable: false, misses: 1, missedAt: at - 1_000, polls: 1 }),
  update: pending({ provable: false, update: true, misses: 1, missedAt: at - 1_000, polls: 1 }),
};

function said(source: OutcomeEvidence, status: ServiceStatus): Evidence {
  return { kind: 'said', source, status, at };
}
function missing(witness: 'status' | 'message' | 'status-alone', when = at): Evidence {
  return { kind: 'missing', witness, at: when };
}
const accepted = { kind: 'accepted', messageId: 'm1', at } as const;

/** What became of `known`, in short: the status, what it rests on, and where a look was counted, looks and misses. */
function verdict(known: Known, evidence: Evidence, by: MissingRules = rules): string {
  const after = decide(known, deepFreeze(evidence), by);
  if (after === known) return '=';
  const why = after.reason ?? after.evidence;
  const looks = after.polls === known.polls ? '' : ` looked:${after.polls - known.polls}`;
  const misses = after.status === 'PENDING' && after.misses > 0 ? ` misses:${after.misses}` : '';
  return `${after.status}${why === undefined ? '' : ` ${why}`}${looks}${misses}`;
}

// What must not change anything is `=`. Columns as above.
const table: [string, Evidence, string, string, string, string, string, string][] = [
  ['the send was accepted', accepted, 'PENDING', '=', '=', '=', '=', '='],
  ['accepted, pending', { ...accepted, status: 'PENDING' }, 'PENDING', '=', '=', '=', '=', '='],
  ['accepted, sent', { ...accepted, status: 'SENT' }, 'SENT send-response', '=', '=', '=', '=', '='],
  ['accepted, failed', { ...accepted, status: 'FAILED' }, 'FAILED send-response', '=', '=', '=', '=', '='],
  ['accepted, denied', { ...accepted, status: 'DENIED' }, 'DENIED send-response', '=', '=', '=', '=', '='],
  ['the send was refused', { kind: 'rejected', error, at }, 'FAILED rejected', '=', '=', '=', '=', '='],
  ['the answer was lost', { kind: 'lost', error, at }, 'UNKNOWN indeterminate', '=', '=', '=', '=', '='],
  ['the send answered SENT', said('send-response', 'SENT'), '=', ...five('SENT send-response')],
  ['push said SENT', said('websocket', 'SENT'), '=', ...five('SENT websocket')],
  ['push said FAILED', said('websocket', 'FAILED'), '=', ...five('FAILED websocket')],
  ['push said DENIED', said('websocket', 'DENIED'), '=', ...five('DENIED websocket')],
  ['push said PENDING', said('websocket', 'PENDING'), '=', '=', 'PENDING', 'PENDING', 'PENDING', 'PENDING'],
  ['prefetch said SENT', said('prefetch', 'SENT'), '=', ...four('SENT prefetch'), '='],
  ['prefetch said FAILED', said('prefetch', 'FAILED'), '=', ...five('FAILED prefetch')],
  ['prefetch said DENIED', said('prefetch', 'DENIED'), '=', ...five('DENIED prefetch')],
  ['prefetch said PENDING', said('prefetch', 'PENDING'), '=', '=', 'PENDING', 'PENDING', 'PENDING', 'PENDING'],
  ['a look: SENT', said('status', 'SENT'), '=', ...four('SENT status looked:1'), 'UNKNOWN indeterminate looked:1'],
  ['a look: FAILED', said('status', 'FAILED'), '=', ...five('FAILED status looked:1')],
  ['a look: DENIED', said('status', 'DENIED'), '=', ...five('DENIED status looked:1')],
  ['a look: PENDING', said('status', 'PENDING'), '=', ...five('PENDING looked:1')],
  ['a list: SENT', said('list', 'SENT'), '=', ...four('SENT list looked:1'), 'UNKNOWN indeterminate looked:1'],
  ['a list: FAILED', said('list', 'FAILED'), '=', ...five('FAILED list looked:1')],
  ['a list: DENIED', said('list', 'DENIED'), '=', ...five('DENIED list looked:1')],
  ['a list: PENDING', said('list', 'PENDING'), '=', ...five('PENDING looked:1')],
  ['a look: stored, no status told', { kind: 'present', at }, '=', ...five('PENDING looked:1')],
  [
    'a look: no status, and only the status was asked for',
    missing('status'),
    '=',
    'PENDING looked:1 misses:1',
    'PENDING looked:1 misses:2',
    'PENDING looked:1 misses:4',
    'PENDING looked:1 misses:2',
    'PENDING looked:1 misses:2',
  ],
  ...(['message', 'status-alone'] as const).map((witness): (typeof table)[number] => [
    `a look: no such message, says ${witness}`,
    missing(witness),
    '=',
    'PENDING looked:1 misses:1',
    'DENIED missing looked:1',
    'PENDING looked:1 misses:4',
    'UNKNOWN indeterminate looked:1',
    'UNKNOWN indeterminate looked:1',
  ]),
  [
    'a look without an answer',
    { kind: 'unanswered', at },
    '=',
    'PENDING looked:1',
    'PENDING looked:1 misses:1',
    'PENDING looked:1 misses:3',
    'PENDING looked:1 misses:1',
    'PENDING looked:1 misses:1',
  ],
  ['a look: a bad question', { kind: 'invalid', error, at }, '=', ...five('UNKNOWN invalid looked:1')],
  ['a look: nobody may ask', { kind: 'forbidden', error, at }, '=', ...five('UNKNOWN forbidden looked:1')],
  ['the deadline', { kind: 'deadline', at }, 'UNKNOWN deadline', ...five('UNKNOWN deadline')],
];

function four(word: string): [string, string, string, string] {
  return [word, word, word, word];
}
function five(word: string): [string, string, string, string, string] {
  return [...four(word), word];
}

describe('the verdict', () => {
  it.each(table)('of: %s', (_name, evidence, ...expected) => {
    const verdicts = Object.values(columns).map((known) => verdict(known, evidence));
    expect(Object.fromEntries(Object.keys(columns).map((name, index) => [name, verdicts[index]]))).toEqual(
      Object.fromEntries(Object.keys(columns).map((name, index) => [name, expected[index]])),
    );
  });

  const ends: Partial<Known>[] = [
    { status: 'SENT', settledAt: at, evidence: 'websocket' },
    { status: 'FAILED', settledAt: at, evidence: 'status' },
    { status: 'DENIED', settledAt: at, evidence: 'missing' },
    { status: 'UNKNOWN', settledAt: at, reason: 'deadline' },
  ];
  it.each(ends)('$status is the last word, whatever comes', (end) => {
    const known = pending(end);
    for (const [name, evidence] of table)
      expect([name, decide(known, evidence, rules) === known]).toEqual([name, true]);
  });

  it('of a miss depends on the distance to the one before', () => {
    const known = pending({ misses: 1, missedAt: sentAt + 5_000 });
    expect(verdict(known, missing('message', sentAt + 5_999))).toBe('PENDING looked:1 misses:1');
    expect(verdict(known, missing('message', sentAt + 6_000))).toBe('DENIED missing looked:1');
  });

  it('of a miss depends on the age of the message', () => {
    const known = pending({ misses: 1, missedAt: sentAt });
    expect(verdict(known, missing('message', sentAt + 1_999))).toBe('PENDING looked:1 misses:2');
    expect(verdict(known, missing('message', sentAt + 2_000))).toBe('DENIED missing looked:1');
  });

  it('of a miss counts the age from the answer to the send, not from its beginning', () => {
    const slow = decide(sending(), { ...accepted, at: sentAt + 60_000 }, rules);
    const once = decide(slow, missing('message', sentAt + 60_500), rules);
    expect(verdict(once, missing('message', sentAt + 61_999))).toBe('PENDING looked:1 misses:2');
    expect(verdict(once, missing('message', sentAt + 62_000))).toBe('DENIED missing looked:1');
  });

  it('of misses does not wait for a clock that was set back to catch up', () => {
    const missedOnce = pending({ sentAt, misses: 1, missedAt: sentAt + 5_000 });
    const hourAgo = sentAt - 3_600_000;
    const setBack = decide(missedOnce, missing('message', hourAgo), rules);
    expect(verdict(setBack, missing('message', hourAgo + 999))).toBe('PENDING looked:1 misses:1');
    const again = decide(setBack, missing('message', hourAgo + 1_000), rules);
    expect(again.status).toBe('PENDING');
    expect(verdict(again, missing('message', hourAgo + 2_000))).toBe('DENIED missing looked:1');
  });

  it('of the first miss does not wait for a clock that was set back to catch up', () => {
    const trusting = { ...rules, confirmations: 1 };
    const hourAgo = sentAt - 3_600_000;
    const missed = decide(pending(), missing('message', hourAgo), trusting);
    expect(verdict(missed, missing('message', hourAgo + 1_999), trusting)).toBe('PENDING looked:1 misses:2');
    expect(verdict(missed, missing('message', hourAgo + 2_000), trusting)).toBe('DENIED missing looked:1');
  });

  it('of misses goes by the steady clock where that is known: setting the other one forward makes no message old', () => {
    const hourLater = sentAt + 3_600_000;
    const looksOld = { ...missing('message', hourLater), steadyAt: sentAt + 500 };
    expect(verdict(pending(), looksOld, { ...rules, confirmations: 1 })).toBe('PENDING looked:1 misses:1');
    const missedOnce = decide(pending(), looksOld, rules);
    const soon = { ...missing('message', hourLater + 1_000), steadyAt: sentAt + 1_499 };
    expect(decide(missedOnce, soon, rules).misses).toBe(1);
    const late = { ...missing('message', hourLater + 2_000), steadyAt: sentAt + 2_000 };
    expect(verdict(missedOnce, late)).toBe('DENIED missing looked:1');
    expect(decide(missedOnce, late, rules).settledAt).toBe(hourLater + 2_000);
  });

  it('of the first miss is the last where one confirmation is asked for, but not of a young message', () => {
    const trusting = { ...rules, confirmations: 1 };
    expect(verdict(pending(), missing('status', sentAt + 2_000), trusting)).toBe('DENIED missing looked:1');
    expect(verdict(pending(), missing('status', sentAt + 1_999), trusting)).toBe('PENDING looked:1 misses:1');
  });

  it('of misses waits for as many as are asked for', () => {
    const careful = { ...rules, confirmations: 4 };
    expect(verdict(pending({ misses: 2, missedAt: sentAt }), missing('message'), careful)).toContain('misses:3');
    expect(verdict(pending({ misses: 3, missedAt: sentAt }), missing('message'), careful)).toContain('DENIED');
  });

  it.each(['said', 'present'] as const)('of misses begins anew when the message was seen (%s)', (kind) => {
    const seen: Evidence = kind === 'said' ? said('status', 'PENDING') : { kind, at };
    const known = decide(columns.missedOnce, seen, rules);
    expect(verdict(known, missing('message', at + 5_000))).toBe('PENDING looked:1 misses:1');
    // However soon: what was missed before has been explained.
    expect(verdict(known, missing('message', columns.missedOnce.missedAt + 1))).toBe('PENDING looked:1 misses:1');
  });
});

describe('what is known after a verdict', () => {
  it('of a send: the id, where it is, when it was accepted, and what the service added', () => {
    const after = decide(sending(), { ...accepted, subChannelId: 's1', status: 'FAILED', detail: 'no' }, rules);
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

  it('of a refusal: the error', () => {
    expect(decide(sending(), { kind: 'rejected', error, at }, rules)).toMatchObject({ error, settledAt: at });
  });

  it.each(['invalid', 'forbidden'] as const)('of %s: the error, the reason, and no evidence', (kind) => {
    const after = decide(pending(), { kind, error, at }, rules);
    expect(after).toMatchObject({ error, reason: kind, settledAt: at, evidence: undefined });
  });
});
