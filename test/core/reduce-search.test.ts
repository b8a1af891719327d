// Every story of up to four reports (with `npm test`: three) over a small alphabet, and what must hold in all of them
// (docs/concepts.md, "Exactly one outcome").

import { describe, expect, it } from '@jest/globals';
import { reduce, type MissingRules } from '../../src/core/reduce.ts';
import type { EditRead, Evidence } from '../../src/core/evidence.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import { isTerminal } from '../../src/core/status.ts';
import { editing, pending, rules, sending, sentAt } from '../support/delivery-record.ts';
import { searchSize } from '../support/search-size.ts';

const LENGTH = searchSize({ part: 3, whole: 4 });

const error = new Error('refused');
type Letter = (at: number) => Evidence;

const accepted: Letter = (at) => ({ kind: 'accepted', messageId: 'm1', at });
const ofSends: Letter[] = [
  accepted,
  (at) => ({ kind: 'accepted', messageId: 'm1', at, status: 'SENT' }),
  (at) => ({ kind: 'rejected', error, at }),
  (at) => ({ kind: 'unconfirmed', at }),
];
const ofBoth: Letter[] = [
  (at) => ({ kind: 'status', source: 'websocket', status: 'DENIED', at }),
  (at) => ({ kind: 'status', source: 'status', status: 'SENT', at }),
  (at) => ({ kind: 'present', at }),
  (at) => ({ kind: 'missing', source: 'message', at }),
  (at) => ({ kind: 'no-response', at }),
  (at) => ({ kind: 'deadline', at }),
];
const ofMessages: Letter[] = [
  ...ofBoth,
  (at) => ({ kind: 'status', source: 'websocket', status: 'PENDING', at }),
  (at) => ({ kind: 'status', source: 'status', status: 'PENDING', at }),
  (at) => ({ kind: 'missing', source: 'status', at }),
  (at) => ({ kind: 'missing', source: 'status-only', at }),
  (at) => ({ kind: 'removed', at }),
];
const read = (shows: EditRead['shows'], status: EditRead['status'], ambiguous = false): Letter => {
  return (at) => ({ kind: 'edit-read', source: 'message', at, shows, status, ambiguous });
};
const ofEdits: Letter[] = [
  read('applied', 'SENT'),
  read('old', 'PENDING'),
  read('old', 'PENDING', true),
  read('old', 'SENT'),
  read('old', 'SENT', true),
  read('old', undefined),
  read('unclear', 'SENT'),
];

interface Step {
  readonly start: DeliveryRecord;
  readonly before: DeliveryRecord;
  readonly after: DeliveryRecord;
  /** All reports so far, the last one included. */
  readonly story: readonly Evidence[];
  readonly last: Evidence;
  readonly rules: MissingRules;
}

/**
 * The reports of the story about a message that the service has accepted: without an id no report can be about this
 * message.
 */
function known({ story, start }: Step): readonly Evidence[] {
  const from = start.status === 'SENDING' ? story.findIndex(({ kind }) => kind === 'accepted') : 0;
  return from < 0 ? [] : story.slice(from);
}

/** How many misses at the end of a story count: in a row, each long enough after the one counted before. */
function missesInARow(
  step: Step,
  isMiss: (evidence: Evidence) => boolean,
  ends: (evidence: Evidence) => boolean,
): number {
  let missingCount = 0;
  let counted = -Infinity;
  for (const evidence of known(step)) {
    if (ends(evidence)) missingCount = 0;
    if (!isMiss(evidence) || (missingCount > 0 && evidence.at - counted < step.rules.confirmDelayMs)) continue;
    missingCount += 1;
    counted = evidence.at;
  }
  return missingCount;
}

/** A read has shown it. (An event explains a miss, and is no sign that the message can be read.) */
const shows = (evidence: Evidence): boolean =>
  evidence.kind === 'present' || (evidence.kind === 'status' && evidence.source === 'status');
const explains = ({ kind }: Evidence): boolean => kind === 'present' || kind === 'status';
const showsPending = (evidence: Evidence): boolean =>
  evidence.kind === 'edit-read' && evidence.status === 'PENDING' && !evidence.ambiguous;
const showsOld = (evidence: Evidence): boolean =>
  evidence.kind === 'edit-read' && evidence.shows === 'old' && evidence.status === 'SENT' && !evidence.ambiguous;

/** Whether the last report is the one that the verdict repeats. */
function isWordFor({ last, after }: Step): boolean {
  if (last.kind === 'status' || last.kind === 'accepted') return last.status === after.status;
  if (last.kind === 'edit-read') return last.shows === 'applied' ? after.status === 'SENT' : after.status === 'DENIED';
  return last.kind === 'missing' ? after.status === 'DENIED' : last.kind === 'rejected' && after.status === 'FAILED';
}

const hasOutcome = ({ status }: DeliveryRecord): boolean =>
  status === 'SENT' || status === 'FAILED' || status === 'DENIED';
const isNew = ({ before, after }: Step): boolean => isTerminal(after.status) && before !== after;

const promises: Record<string, (step: Step) => boolean> = {
  'a last word stays, as the same object': ({ before, after }) => !isTerminal(before.status) || after === before,
  'an outcome rests on a word of the service, never on the network': (step) =>
    !hasOutcome(step.after) || hasOutcome(step.before) || isWordFor(step),
  'a miss makes no verdict but DENIED': ({ after }) => after.evidence !== 'missing' || after.status === 'DENIED',
  'DENIED by misses needs enough of them, apart, from a confirmation, of an old enough message': (step) => {
    const { after, last, rules } = step;
    if (after.evidence !== 'missing' || !isNew(step)) return true;
    if (last.kind !== 'missing' || (last.source === 'status' && rules.confirmations > 1)) return false;
    const isMiss = ({ kind }: Evidence): boolean => kind === 'missing';
    const ageMs = known(step).some(shows) ? rules.minAgeMs : Math.max(rules.minAgeMs, rules.unseenMs);
    return missesInARow(step, isMiss, explains) >= rules.confirmations && last.at - after.sentAt >= ageMs;
  },
  'DENIED by misses is for messages of which that can be proved, and none that was removed': (step) =>
    step.after.evidence !== 'missing' ||
    !isNew(step) ||
    (step.start.missingMeansDenied && !step.story.some(({ kind }) => kind === 'removed')),
  'an edit is never SENT by what a poll finds, unless that is the edit: the old words are still there': (step) => {
    const { after, last } = step;
    if (!after.isEdit || after.status !== 'SENT' || !isNew(step)) return true;
    return last.kind === 'edit-read' ? last.shows === 'applied' : after.evidence !== 'status';
  },
  'an edit is DENIED by reads that have shown it pending, and then the old words, often enough, apart': (step) => {
    const { after, last, rules } = step;
    if (!after.isEdit || after.status !== 'DENIED' || last.kind !== 'edit-read' || !isNew(step)) return true;
    // A read that does not show the message as it is in the end starts the confirmation again; so does a read of the
    // message alone.
    const ends = (evidence: Evidence): boolean =>
      evidence.kind === 'present' || (evidence.kind === 'edit-read' && !showsOld(evidence));
    const from = step.story.findIndex(showsPending);
    const since = { ...step, story: from < 0 ? [] : step.story.slice(from) };
    return missesInARow(since, (each) => showsOld(each) || each.kind === 'missing', ends) >= rules.confirmations;
  },
  'an edit of which reads tell nothing has an end': (step) => {
    const { start, after, last, rules } = step;
    const isRead = last.kind === 'edit-read' || (last.kind === 'status' && last.source === 'status');
    const isOver = last.at - after.sentAt >= rules.editMs && !step.story.some(showsPending);
    return !start.isEdit || !isRead || !isOver || isTerminal(after.status);
  },
  'a settled delivery says when': ({ after }) => isTerminal(after.status) === (after.settledAt !== undefined),
};

/** Runs all stories from `start`; returns their number and the invariants that were broken. */
function search(
  start: DeliveryRecord,
  alphabet: readonly Letter[],
  rules: MissingRules,
  pauses: number[],
): { stories: number; broken: string[] } {
  const broken = new Set<string>();
  const story: Evidence[] = [];
  let stories = 0;
  const walk = (before: DeliveryRecord, now: number): void => {
    for (const pause of pauses) {
      for (const letter of alphabet) {
        const last = Object.freeze(letter(now + pause));
        story.push(last);
        const after = Object.freeze(reduce(before, last, rules));
        const step = { start, before, after, story, last, rules };
        for (const [name, holds] of Object.entries(promises)) if (!holds(step)) broken.add(name);
        stories += 1;
        // Nothing can follow a final state: the next step shows that nothing does.
        if (story.length < LENGTH && !isTerminal(before.status)) walk(after, now + pause);
        story.pop();
      }
    }
  };
  walk(start, sentAt);
  return { stories, broken: [...broken] };
}

const starts: [string, DeliveryRecord, readonly Letter[]][] = [
  ['a message that is being sent', sending(), [...ofSends, ...ofMessages]],
  ['a message that the service has accepted', pending(), [accepted, ...ofMessages]],
  ['a message that is not persistent', pending({ missingMeansDenied: false }), [accepted, ...ofMessages]],
  ['an edit', editing(), [...ofBoth, ...ofEdits]],
];
const soon = { ...rules, unseenMs: 3_000, editMs: 3_000 };
const cases: [string, MissingRules, number[]][] = [
  ['two confirmations, with responses just too close or just far enough', soon, [999, 1_000]],
  ['one confirmation', { ...soon, confirmations: 1 }, [1_000, 2_000]],
  ['three confirmations at any age', { ...rules, confirmations: 3, minAgeMs: 0, unseenMs: 0 }, [1_000]],
  ['the defaults, and long pauses', rules, [1_000, 9_000]],
];

describe.each(cases)('every short story, with %s, keeps all invariants', (_name, rules, pauses) => {
  it.each(starts)('for %s', (_start, record, alphabet) => {
    const { stories, broken } = search(record, alphabet, rules, pauses);
    expect(broken).toEqual([]);
    expect(stories).toBeGreaterThan(1_000);
  });
});
