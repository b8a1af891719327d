// Nothing forgotten and within the budget, when sends come as fast as the budget allows: polls get their share, and
// outcomes become known.

import type { AppSession } from '../app-session.ts';
import type { Facts, Report } from './facts.ts';

/** A message must be known this long after its decision. */
const KNOWN_AFTER_MS = 25_000;
/** The part of the messages; a smaller one where reads show a message so late that each needs several polls. */
const SHARE = 0.9;
const SHARE_WITH_LAG = 0.5;
const LAG_MS = 2_000;

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
  const share = deliveries.plan.readLagMs > LAG_MS ? SHARE_WITH_LAG : SHARE;
  if (known < share * decided)
    report('nothing forgotten', session.name, `beside a stream of sends, ${known} of ${decided} are known`);
}
