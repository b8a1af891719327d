// Promise 1, the truth of it: SENT, FAILED and DENIED only where they are so. Judged at the moment at which it is announced.
// What is UNKNOWN is judged in `honest-unknown.ts`.

import type { TerminalState } from 'chime-delivery';
import type { Life } from '../life.ts';
import type { Followed } from '../witness.ts';
import { limitsOf, named, type Facts, type Report } from './facts.ts';
import { dishonesty } from './honest-unknown.ts';

export function judgeOutcome(facts: Facts, life: Life, followed: Followed, state: TerminalState, report: Report): void {
  const wrong = (what: string): void => report('a true outcome', life.name, `${named(followed)} ${what}`);
  if (state.status === 'UNKNOWN') {
    const why = dishonesty(facts, life, followed, state);
    const what = `${named(followed)} is UNKNOWN ${state.reason}`;
    if (why !== undefined) report('an honest UNKNOWN', life.name, `${what}, and ${why}`);
    return;
  }
  if (state.status === 'FAILED' && state.evidence === 'rejected') {
    if (facts.exists(followed)) return wrong('is FAILED rejected, and the service has it');
    const why = whyNotRejected(facts, life, followed);
    if (why !== undefined) wrong(`is FAILED rejected, and ${why}`);
    return;
  }
  const truth = facts.truthOf(followed, state.messageId);
  if (truth === undefined) return wrong(`is ${state.status}, and its MessageId is another message's`);
  if (truth.status === state.status) return;
  // An edit that failed reads like one that was denied: the old content, and SENT.
  const isNotApplied = (status: string): boolean => status === 'DENIED' || status === 'FAILED';
  if (followed.message.how === 'edit' && isNotApplied(truth.status) && isNotApplied(state.status)) return;
  if (followed.message.how === 'edit' && isOfUntracked(facts, life, state)) return;
  if (followed.message.how !== 'edit' && isOfRefusedEdit(facts, state)) return;
  // A message that was taken away is missing, too (docs/concepts.md). That counts as an excuse where push has not told of it.
  const { evidence, messageId = '' } = state;
  if (evidence === 'missing' && truth.deleted && !facts.heardOfRemoval(life, followed, messageId)) return;
  wrong(`is ${state.status} by ${evidence}, and the truth is ${truth.status}`);
}

/** Whether a read has taken an edit for it that nobody tracks, because its answer was lost (docs/concepts.md). */
function isOfUntracked(facts: Facts, life: Life, { status, messageId = '', ...state }: TerminalState): boolean {
  if (status !== 'SENT' || !('evidence' in state) || (state.evidence !== 'message' && state.evidence !== 'list'))
    return false;
  const tracked = new Set([...life.witness.followed.values()].map(({ message }) => message.text));
  const { updates = [] } = facts.service.truthOf(messageId) ?? {};
  return updates.some((update) => update.status === 'SENT' && !tracked.has(update.content));
}

/** Whether a read has shown an edit's refusal as the message's own, and this life knows of no edit (docs/concepts.md). */
function isOfRefusedEdit({ plan, service }: Facts, state: TerminalState): boolean {
  const { updates = [] } = service.truthOf(state.messageId ?? '') ?? {};
  const isRefused = updates.some(({ status }) => status === 'DENIED' || status === 'FAILED');
  return (
    plan.edits.refusedEdit === 'shown' &&
    isRefused &&
    (state.status === 'DENIED' || state.status === 'FAILED') &&
    ['status', 'list', 'prefetch'].includes(state.evidence)
  );
}

/** Why this send should not have been told to be refused; undefined where it is right. */
function whyNotRejected(facts: Facts, life: Life, followed: Followed): string | undefined {
  const { sendEndsAfterMs } = limitsOf(life.parts.device);
  if (followed.calledOff || followed.earlier !== undefined) return undefined;
  if (facts.ageOf(life, followed).most >= sendEndsAfterMs) return undefined;
  const refusals = facts
    .arrivalsOf(followed)
    .filter(({ call, refusal }) => call.input['Content'] === followed.message.text && refusal !== undefined);
  if (refusals.length === 0) return 'the service has not refused it';
  return refusals.length === 1 && refusals[0]?.refusal === 'ConflictException' ? 'there was one conflict' : undefined;
}

/** When the world is over: what was told to be refused has not arrived after all. */
export function judgeRejections(facts: Facts, life: Life, report: Report): void {
  for (const followed of life.witness.followed.values()) {
    const [state] = followed.settled;
    if (state?.status !== 'FAILED' || state.evidence !== 'rejected' || !facts.exists(followed)) continue;
    // The process ended before the store had taken the record out, and the next one has sent it after all.
    const isBack = facts.lives.some(({ witness }) =>
      witness.followed.get(followed.id)?.earlier?.settled.includes(state),
    );
    const storeIsIll = facts.storeIsIll(life.parts.index);
    if (isBack && (life.state === 'crashed' || (life.state === 'closed' && storeIsIll))) continue;
    report('a true outcome', life.name, `${named(followed)} is FAILED rejected, and came to be`);
  }
}
