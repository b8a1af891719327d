// Promise 2: when all has been well for long, nothing is pending that the service has decided, nothing is still being sent,
// nothing outlives its deadline, and every reconcile has ended.

import type { Life } from '../life.ts';
import { limitsOf, named, patienceMs, type Facts, type Report } from './facts.ts';

export function judgeForgotten(facts: Facts, life: Life, report: Report): void {
  const { giveUpAfterMs } = limitsOf(life.parts.device);
  for (const followed of life.witness.followed.values()) {
    if (followed.settled.length > 0 || followed.ended !== undefined) continue;
    const wrong = (what: string): void => report('nothing forgotten', life.machine.name, `${named(followed)} ${what}`);
    const { status, trackedAt } = followed.delivery.state;
    const age = facts.time.wallClock(life.machine) - trackedAt;
    if (status === 'SENDING') wrong('is still SENDING');
    else if (facts.hasToBeKnown(life, followed)) wrong(`is still ${status}, and the service has long decided`);
    else if (age > giveUpAfterMs + patienceMs(0))
      wrong(`is still ${status} at an age of ${age} ms of ${giveUpAfterMs} ms`);
  }
  const { asked, answered } = life.reconciles;
  if (answered < asked) report('nothing forgotten', life.machine.name, `${asked - answered} reconciles never end`);
}
