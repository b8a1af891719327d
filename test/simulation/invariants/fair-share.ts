// Nothing forgotten and within the budget, when sends come as fast as the budget allows: polls get their share, and
// outcomes become known.

import type { AppSession } from '../app-session.ts';
import type { Facts, Report } from './facts.ts';

/** A message must be known this long after its decision. */
const KNOWN_AFTER_MS = 25_000;
/** The number of messages. */
const SHARE = 0.9;

/** The stream of sends has just ended. */
export function judgeFairShare(deliveries: Facts, session: AppSession, report: Report): void {
  if (!deliveries.plan.stream) return;
  const before = deliveries.time.wallClock(undefined) - KNOWN_AFTER_MS;
  let decided = 0;
  let known = 0;
  for (const followed of session.observer.followed.values()) {
    const truth = deliveries.truthOf(followed, followed.delivery.state.messageId);
    if ((truth?.decidedAt ?? Infinity) > before) continue;
    decided += 1;
    if (followed.settled.length > 0) known += 1;
  }
  if (known < SHARE * decided)
    report('nothing forgotten', session.name, `beside a stream of sends, ${known} of ${decided} are known`);
}
