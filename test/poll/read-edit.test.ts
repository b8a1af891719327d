// What a read of a message shows about an edit of it. The edit began at 100 s by our clock, as the wall clock shows it.

import { describe, expect, it } from '@jest/globals';
import { TrackedDelivery } from '../../src/core/delivery.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import type { EditFields } from '../../src/core/edit-fields.ts';
import { readEdit, type EditContext } from '../../src/poll/read-edit.ts';
import { clockOffset, editing, trackedDelivery } from '../support/delivery-record.ts';

const SECOND = 1_000;
const begun = 100 * SECOND;

/** Distinguishes contents; an edit's is the time of its start. */
const old = 1;
const rewritten = 2;

function editAt(sentAt: number, fields: Partial<DeliveryRecord> = {}): TrackedDelivery {
  return new TrackedDelivery(editing({ sentAt, trackedAt: sentAt, contentDigest: sentAt, ...fields }));
}
const edit = editAt(begun);
const wall = (at: number): number => at + clockOffset;

/** The message as it is read; by default as it was before any edit. */
function message(fields: Partial<EditFields> = {}): EditFields {
  return { status: 'SENT', contentDigest: old, editedAt: undefined, ...fields };
}

function read(shown: Partial<EditFields>, context: Partial<EditContext> = {}): string {
  const { shows, ambiguous, status } = readEdit(message(shown), {
    edit,
    edits: [edit],
    create: undefined,
    first: undefined,
    wasTold: false,
    isRestored: false,
    beganEarlier: false,
    now: begun + 10 * SECOND,
    clockOffset,
    ...context,
  });
  return `${shows}${ambiguous ? ', ambiguous' : ''} ${status}`;
}

describe('a read of the only edit of a message', () => {
  it.each<[string, Partial<EditFields>, string]>([
    ['applied by its content', { contentDigest: begun }, 'applied SENT'],
    [
      'not applied by its content while it is processed: a denied edit may read the same',
      { contentDigest: begun, status: 'PENDING' },
      'old PENDING',
    ],
    ['applied by its time, if a processor rewrote the content', { editedAt: wall(begun) }, 'applied SENT'],
    [
      'applied by its time alone',
      { editedAt: wall(begun + SECOND), contentDigest: undefined, status: undefined },
      'applied undefined',
    ],
    ['not applied, if the message was never edited', {}, 'old SENT'],
    ['not applied, if the last edit is an earlier one', { editedAt: wall(begun - 1) }, 'old SENT'],
    [
      'not applied, if the time changes while it is processed',
      { editedAt: wall(begun), status: 'PENDING' },
      'old PENDING',
    ],
    ['not applied by a future time: our clock is behind', { editedAt: wall(begun + 11 * SECOND) }, 'old SENT'],
  ])('shows it as %s', (_what, shown, expected) => {
    expect(read(shown)).toBe(expected);
  });

  it('shows it as applied by a time that changed since the first read, whatever our clock shows', () => {
    const first = message({ editedAt: wall(begun - 7_200 * SECOND) });
    const now = { editedAt: wall(begun - 3_600 * SECOND), contentDigest: rewritten };
    expect(read(now, { first })).toBe('applied SENT');
    expect(read({ ...now, editedAt: wall(begun + 3_600 * SECOND) }, { first })).toBe('applied SENT');
  });

  it('shows it as not applied if the content of the first read is unchanged', () => {
    const first = message({ editedAt: wall(begun + SECOND) });
    expect(read({ editedAt: wall(begun + SECOND) }, { first })).toBe('old SENT');
    // Its time changed and its content did not: a denied edit may do that, and so may one with the same content.
    expect(read({ editedAt: wall(begun + 2 * SECOND) }, { first: message() })).toBe('unclear SENT');
  });

  it('is unclear if the content is neither that of the first read nor its own, at the same time', () => {
    const first = message({ status: 'PENDING', editedAt: wall(begun - 1) });
    expect(read({ editedAt: wall(begun - 1), contentDigest: rewritten }, { first })).toBe('unclear SENT');
  });

  it('shows it as not applied if the content is that of the message before, whatever the time is', () => {
    const create = trackedDelivery({ status: 'SENT', settledAt: begun - 10 * SECOND, contentDigest: old });
    expect(read({ editedAt: wall(begun + SECOND) }, { create })).toBe('old SENT');
  });

  it('is unclear by its time alone if an earlier session made it: other edits of that session may be unknown', () => {
    expect(read({ editedAt: wall(begun + SECOND), contentDigest: rewritten })).toBe('applied SENT');
    expect(read({ editedAt: wall(begun + SECOND), contentDigest: rewritten }, { isRestored: true })).toBe(
      'unclear SENT',
    );
  });

  it('is unclear by an earlier edit if it is not known when it began: the first read may show itself', () => {
    const first = message({ status: 'PENDING', editedAt: wall(begun - 60 * SECOND), contentDigest: rewritten });
    const shown = { editedAt: wall(begun - 60 * SECOND), contentDigest: rewritten };
    expect(read(shown, { first })).toBe('old SENT');
    expect(read(shown, { first, beganEarlier: true })).toBe('unclear SENT');
    expect(read({}, { first: message({ status: 'PENDING' }), beganEarlier: true })).toBe('old SENT');
  });

  it('compares the contents alone if the content of the edit is not known', () => {
    const unknown = editAt(begun, { contentDigest: undefined });
    expect(read({ contentDigest: undefined }, { edit: unknown, edits: [unknown] })).toBe('old SENT');
  });
});

describe('a read of one of several edits', () => {
  const later = editAt(begun + 5 * SECOND);
  const edits = [edit, later];

  it('tells the edits apart by their content', () => {
    const shown = { contentDigest: begun };
    expect(read(shown, { edits })).toBe('applied, ambiguous SENT');
    expect(read(shown, { edits, edit: later })).toBe('old, ambiguous SENT');
  });

  it('is unclear by time while another edit is open', () => {
    const shown = { editedAt: wall(begun + 6 * SECOND), contentDigest: rewritten };
    expect(read(shown, { edits })).toBe('unclear, ambiguous SENT');
    expect(read(shown, { edits, edit: later })).toBe('unclear, ambiguous SENT');
  });

  it('counts a time for the next edit only if it is after the end of the applied one', () => {
    const done = new TrackedDelivery({ ...edit.record, status: 'SENT', settledAt: begun + 7 * SECOND });
    const context = { edits: [done, later], edit: later, now: begun + 30 * SECOND };
    expect(read({ editedAt: wall(begun + 6 * SECOND) }, context)).toBe('old SENT');
    // By as much as the service's clock may be ahead of ours.
    expect(read({ editedAt: wall(begun + 12 * SECOND - 1) }, context)).toBe('old SENT');
    expect(read({ editedAt: wall(begun + 12 * SECOND) }, context)).toBe('applied SENT');
  });

  it('does not apply to a denied edit', () => {
    const denied = new TrackedDelivery({ ...edit.record, status: 'DENIED', settledAt: begun + 7 * SECOND });
    const context = { edits: [denied, later], edit: later, now: begun + 30 * SECOND };
    expect(read({ editedAt: wall(begun + 6 * SECOND) }, context)).toBe('applied SENT');
  });

  it('may still show an edit that has just ended, for fifteen seconds', () => {
    const denied = new TrackedDelivery({ ...edit.record, status: 'DENIED', settledAt: begun + 7 * SECOND });
    const at = (now: number): string => read({ status: 'PENDING' }, { edits: [denied, later], edit: later, now });
    expect([at(begun + 22 * SECOND - 1), at(begun + 22 * SECOND)]).toEqual(['old, ambiguous PENDING', 'old PENDING']);
  });
});

describe('a read while the message itself is pending', () => {
  it('proves nothing about what is pending', () => {
    const create = trackedDelivery({ sentAt: begun - SECOND });
    expect(read({ status: 'PENDING' }, { create })).toBe('old, ambiguous PENDING');
    const sent = trackedDelivery({ status: 'SENT', settledAt: begun - 5 * SECOND });
    expect(read({ status: 'PENDING' }, { create: sent })).toBe('old PENDING');
  });

  it('is not denied where an event has told that the content of the message was applied', () => {
    const first = message({ status: 'PENDING', contentDigest: rewritten, editedAt: wall(begun + SECOND) });
    const shown = { contentDigest: rewritten, editedAt: wall(begun + SECOND) };
    expect(read(shown, { first })).toMatch(/^old/);
    expect(read(shown, { first, wasTold: true })).toMatch(/^unclear/);
  });
});
