// Every story of up to four pieces of evidence (with `npm test`: three) over a small alphabet: what must hold in all of them (DESIGN.md, promise 1).

import { describe, expect, it } from '@jest/globals';
import { decide, type MissingRules } from '../../src/core/decide.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Known } from '../../src/core/known.ts';
import { isTerminal } from '../../src/core/message.ts';
import { pending, rules, sending, sentAt } from '../support/known.ts';
import { searchSize } from '../support/search-size.ts';

const LENGTH = searchSize({ part: 3, whole: 4 });

const error = new Error('refused');
const alphabet: ((at: number) => Evidence)[] = [
  (at) => ({ kind: 'accepted', messageId: 'm1', at }),
  (at) => ({ kind: 'accepted', messageId: 'm1', at, status: 'SENT' }),
  (at) => ({ kind: 'rejected', error, at }),
  (at) => ({ kind: 'lost', at }),
  (at) => ({ kind: 'said', source: 'websocket', status: 'DENIED', at }),
  (at) => ({ kind: 'said', source: 'status', status: 'PENDING', at }),
  (at) => ({ kind: 'said', source: 'status', status: 'SENT', at }),
  (at) => ({ kind: 'present', at }),
  (at) => ({ kind: 'missing', witness: 'status', at }),
  (at) => ({ kind: 'missing', witness: 'message', at }),
  (at) => ({ kind: 'missing', witness: 'status-alone', at }),
  (at) => ({ kind: 'unanswered', at }),
  (at) => ({ kind: 'invalid', error, at }),
  (at) => ({ kind: 'deadline', at }),
];

interface Step {
  readonly start: Known;
  readonly before: Known;
  readonly after: Known;
  /** All evidence so far, the last one included. */
  readonly story: readonly Evidence[];
  readonly last: Evidence;
  readonly rules: MissingRules;
}

/** How many misses at the end of a story count: in a row, each long enough after the one counted before. */
function missesInARow({ story, rules, start }: Step): number {
  let misses = 0;
  let counted = -Infinity;
  // What is said of a message without an id cannot be about this one.
  const from = start.status === 'SENDING' ? story.findIndex(({ kind }) => kind === 'accepted') : 0;
  for (const { kind, at } of story.slice(from)) {
    if (kind === 'said' || kind === 'present') misses = 0;
    // The clock was set back: the wait for the confirmation begins anew.
    counted = Math.min(counted, at);
    if (kind !== 'missing' || (misses > 0 && at - counted < rules.confirmDelayMs)) continue;
    misses += 1;
    counted = at;
  }
  return misses;
}

/** Whether the last piece of evidence is the very word that the verdict repeats. */
function isWordFor({ last, after }: Step): boolean {
  if (last.kind === 'said' || last.kind === 'accepted') return last.status === after.status;
  return last.kind === 'missing' ? after.status === 'DENIED' : last.kind === 'rejected' && after.status === 'FAILED';
}

const hasOutcome = ({ status }: Known): boolean => status === 'SENT' || status === 'FAILED' || status === 'DENIED';

const promises: Record<string, (step: Step) => boolean> = {
  'a last word stays, as the same object': ({ before, after }) => !isTerminal(before.status) || after === before,
  'an outcome rests on a word of the service, never on the road': (step) =>
    !hasOutcome(step.after) || hasOutcome(step.before) || isWordFor(step),
  'a miss makes no verdict but DENIED': ({ after }) => after.evidence !== 'missing' || after.status === 'DENIED',
  'DENIED by misses needs enough of them, apart, from a second witness, of an old enough message': (step) => {
    const { before, after, last, rules } = step;
    if (after.evidence !== 'missing' || before === after) return true;
    if (last.kind !== 'missing' || (last.witness === 'status' && rules.confirmations > 1)) return false;
    return missesInARow(step) >= rules.confirmations && last.at - after.sentAt >= rules.minAgeMs;
  },
  'DENIED by misses is for messages of which that can be proved': ({ after }) =>
    after.evidence !== 'missing' || after.provable,
  'an edit is never SENT by what a look finds: the old words are still there': ({ after }) =>
    !after.update || after.status !== 'SENT' || after.evidence !== 'status',
  'a settled delivery says when': ({ after }) => isTerminal(after.status) === (after.settledAt !== undefined),
};

/** Goes through all stories from `start`; returns how many there are and which promises were broken. */
function search(start: Known, rules: MissingRules, pauses: number[]): { stories: number; broken: string[] } {
  const broken = new Set<string>();
  const story: Evidence[] = [];
  let stories = 0;
  const walk = (before: Known, now: number): void => {
    for (const pause of pauses) {
      for (const letter of alphabet) {
        const last = Object.freeze(letter(now + pause));
        story.push(last);
        const after = Object.freeze(decide(before, last, rules));
        const step = { start, before, after, story, last, rules };
        for (const [name, holds] of Object.entries(promises)) if (!holds(step)) broken.add(name);
        stories += 1;
        // Nothing can follow a last word: that nothing does is seen one step on.
        if (story.length < LENGTH && !isTerminal(before.status)) walk(after, now + pause);
        story.pop();
      }
    }
  };
  walk(start, sentAt);
  return { stories, broken: [...broken] };
}

const starts: [string, Known][] = [
  ['a message on its way', sending()],
  ['a message that the service has', pending()],
  ['a message that is not persistent', pending({ provable: false })],
  ['an edit', pending({ provable: false, update: true })],
];
const cases: [string, MissingRules, number[]][] = [
  ['two confirmations, answers just too close or just far enough', rules, [999, 1_000]],
  ['one confirmation', { ...rules, confirmations: 1 }, [1_000, 2_000]],
  ['three confirmations at any age', { ...rules, confirmations: 3, minAgeMs: 0 }, [1_000]],
  ['a clock that is set back', rules, [-5_000, 7_000]],
];

describe.each(cases)('in every short story, with %s, all promises are kept', (_name, rules, pauses) => {
  it.each(starts)('of %s', (_start, known) => {
    const { stories, broken } = search(known, rules, pauses);
    expect(broken).toEqual([]);
    expect(stories).toBeGreaterThan(1_000);
  });
});
