// Nothing forgotten: after everything has worked for long, no delivery is pending that the service has decided, none is
// being sent, none outlives its deadline, and every reconcile has ended.

import type { AppSession } from '../app-session.ts';
import type { Followed } from '../observer.ts';
import { limitsOf, named, patienceMs, type Facts, type Report } from './facts.ts';

/** It had not ended when the earlier session ended, and every store of the device worked all the time. */
function hadToComeBack(deliveries: Facts, session: AppSession, followed: Followed): boolean {
  const { earlier, message } = followed;
  const { index } = session.parts;
  if (deliveries.storeIsIll(index)) return false;
  let crashed = false;
  for (let one = earlier; one !== undefined; one = one.earlier) {
    // The app may have closed the tracker in a listener that heard the outcome.
    if ('settledAt' in one.delivery.state || one.settled.length > 0 || one.ended === 'forgotten') return false;
    crashed ||= one.ended === 'crashed';
  }
  // When a process crashed, the record of a message that the app had sent itself may not have been written, nor that of
  // a send that had not left. `close` writes all records, even if a new tracker did not wait for it.
  // (What was sent again is there, whether or not the repetition is.)
  const isThere = deliveries.exists(followed) && !deliveries.service.retried.has(message.text);
  if (crashed && (followed.adopted || !isThere)) return false;
  // The app may have tracked it again, by its MessageId.
  return !deliveries.sessions.some(
    ({ parts, observer }) =>
      parts.index === index &&
      [...observer.followed.values()].some((one) => one.message === message && one.id !== followed.id),
  );
}

export function judgeForgotten(deliveries: Facts, session: AppSession, report: Report): void {
  const { giveUpAfterMs } = limitsOf(session.parts.device);
  for (const followed of session.observer.followed.values()) {
    if (followed.settled.length > 0 || followed.ended !== undefined) continue;
    const now = session.tracker.get(followed.id);
    // It was restored as one with the message that the app had tracked again, under that one's id.
    if (now !== undefined && now.id !== followed.id) continue;
    if (now === undefined && followed.earlier !== undefined) {
      if (hadToComeBack(deliveries, session, followed))
        report('nothing forgotten', session.name, `${named(followed)} did not come back`);
      continue;
    }
    const wrong = (what: string): void => report('nothing forgotten', session.name, `${named(followed)} ${what}`);
    const { status } = followed.delivery.state;
    const age = deliveries.ageOf(session, followed).least;
    const waits = deliveries.isInConflict(followed) || deliveries.isBehindAnotherEdit(session, followed);
    if (status === 'SENDING' && waits) continue;
    if (status === 'SENDING') wrong('is still SENDING');
    else if (deliveries.hasToBeKnown(session, followed)) wrong(`is still ${status}, and the service has long decided`);
    else if (age > giveUpAfterMs + patienceMs(0))
      wrong(`is still ${status} at an age of ${age} ms of ${giveUpAfterMs} ms`);
  }
  if (session.restored === undefined) report('nothing forgotten', session.name, '`restored` never resolves');
  const { asked, answered } = session.reconciles;
  if (answered < asked) report('nothing forgotten', session.name, `${asked - answered} reconciles never end`);
}
