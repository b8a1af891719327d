// A true outcome: SENT, FAILED and DENIED only if they are so. Judged at the moment of the event. UNKNOWN is judged in
// `honest-unknown.ts`.

import type { TerminalState } from 'chime-delivery';
import type { AppSession } from '../app-session.ts';
import type { Followed } from '../observer.ts';
import { limitsOf, named, type Facts, type Report } from './facts.ts';
import { dishonesty } from './honest-unknown.ts';

export function judgeOutcome(
  deliveries: Facts,
  session: AppSession,
  followed: Followed,
  state: TerminalState,
  report: Report,
): void {
  const wrong = (what: string): void => report('a true outcome', session.name, `${named(followed)} ${what}`);
  if (state.status === 'UNKNOWN') {
    const why = dishonesty(deliveries, session, followed, state);
    const what = `${named(followed)} is UNKNOWN ${state.reason}`;
    if (why !== undefined) report('an honest UNKNOWN', session.name, `${what}, and ${why}`);
    return;
  }
  if (state.status === 'FAILED' && state.evidence === 'rejected') {
    if (deliveries.exists(followed) && !deliveries.service.retried.has(followed.message.text))
      return wrong('is FAILED rejected, and the service has it');
    const why = whyNotRejected(deliveries, session, followed);
    if (why !== undefined) wrong(`is FAILED rejected, and ${why}`);
    return;
  }
  const truth = deliveries.truthOf(followed, state.messageId);
  if (truth === undefined) return wrong(`is ${state.status}, and its MessageId is another message's`);
  if (truth.status === state.status) return;
  // An edit that failed reads like one that was denied: the old content, and SENT.
  const isNotApplied = (status: string): boolean => status === 'DENIED' || status === 'FAILED';
  if (followed.message.how === 'edit' && isNotApplied(truth.status) && isNotApplied(state.status)) return;
  if (followed.message.how === 'edit' && isOfUntracked(deliveries, session, state)) return;
  if (followed.message.how !== 'edit' && isOfRefusedEdit(deliveries, state)) return;
  // A removed message is missing, too (docs/concepts.md). That counts as an excuse if push has not announced it.
  const { evidence, messageId = '' } = state;
  if (evidence === 'missing' && truth.deleted && !deliveries.heardOfRemoval(session, followed, messageId)) return;
  wrong(`is ${state.status} by ${evidence}, and the truth is ${truth.status}`);
}

/**
 * Whether a read, or an event of a redacted message, which has no content, is about an untracked edit: its response was lost, or an
 * earlier session made it (docs/concepts.md).
 */
function isOfUntracked(
  deliveries: Facts,
  session: AppSession,
  { status, messageId = '', ...state }: TerminalState,
): boolean {
  if (status !== 'SENT' || !('evidence' in state)) return false;
  const isRead = state.evidence === 'message' || state.evidence === 'list';
  const isRedacted = state.evidence === 'websocket' && deliveries.service.truthOf(messageId)?.redacted === true;
  if (!isRead && !isRedacted) return false;
  const tracked = new Set([...session.observer.followed.values()].map(({ message }) => message.text));
  const { updates = [] } = deliveries.service.truthOf(messageId) ?? {};
  return updates.some((update) => update.status === 'SENT' && !tracked.has(update.content));
}

/**
 * Whether a read has shown an edit's refusal as the message's own, and this session knows of no edit
 * (docs/concepts.md).
 */
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

/** Why this send should not have been reported as refused; undefined if it is right. */
function whyNotRejected(deliveries: Facts, session: AppSession, followed: Followed): string | undefined {
  const { sendEndsAfterMs } = limitsOf(session.parts.device);
  if (followed.calledOff || followed.earlier !== undefined) return undefined;
  if (deliveries.ageOf(session, followed).most >= sendEndsAfterMs) return undefined;
  const refusals = deliveries
    .arrivalsOf(followed)
    .filter(({ call, refusal }) => call.input['Content'] === followed.message.text && refusal !== undefined);
  if (refusals.length === 0) return 'the service has not refused it';
  return refusals.length === 1 && refusals[0]?.refusal === 'ConflictException' ? 'there was one conflict' : undefined;
}

/** At the end of the world: what was reported as refused has not arrived after all. */
export function judgeRejections(deliveries: Facts, session: AppSession, report: Report): void {
  for (const followed of session.observer.followed.values()) {
    const [state] = followed.settled;
    if (state?.status !== 'FAILED' || state.evidence !== 'rejected' || !deliveries.exists(followed)) continue;
    if (deliveries.service.retried.has(followed.message.text)) continue;
    // The next session has told the same again, and the app has sent it once more.
    const wasSentAgain = deliveries.sessions.some(({ observer }) =>
      [...observer.followed.values()].some(
        (one) => one !== followed && one.earlier === undefined && one.message.text === followed.message.text,
      ),
    );
    if (wasSentAgain) continue;
    // The process ended before the store had removed the record, and the next one has sent it after all.
    const isBack = deliveries.sessions.some(({ observer }) =>
      observer.followed.get(followed.id)?.earlier?.settled.includes(state),
    );
    const storeIsIll = deliveries.storeIsIll(session.parts.index);
    if (isBack && (session.state === 'crashed' || (session.state === 'closed' && storeIsIll))) continue;
    report('a true outcome', session.name, `${named(followed)} is FAILED rejected, and came to be`);
  }
}
