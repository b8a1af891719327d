// One outcome: exactly one end of each delivery, and the same by the events, the promise, `state$` and `updates$`; no
// event after `forget`, and none about what is not tracked.

import type { AppSession } from '../app-session.ts';
import type { Followed } from '../observer.ts';
import { named, type Report } from './facts.ts';

export function judgeOnce(session: AppSession, report: Report): void {
  const { name } = session;
  for (const followed of session.observer.followed.values()) {
    for (const what of faults(session, followed)) report('one outcome', name, `${named(followed)}: ${what}`);
  }
  for (const what of session.observer.confused) report('one outcome', name, what);
  for (const id of session.observer.strangers) report('one outcome', name, `news of ${id}, which nobody tracks`);
}

const eventOf = { SENT: 'sent', FAILED: 'failed', DENIED: 'failed', UNKNOWN: 'unknown' } as const;

function* faults(
  session: AppSession,
  { settled, events, updates, stream, promise, ended, earlier }: Followed,
): Generator<string> {
  const status = settled[0]?.status;
  if (settled.length > 1) yield `settled ${settled.length} times`;
  if (new Set(updates).size !== updates.length) yield `updates$ repeats itself: ${updates.join(', ')}`;
  if (ended !== undefined) {
    if (ended === 'forgotten' && settled.length > 0) yield 'settled after it was forgotten';
    return;
  }
  const expected = status === undefined ? '' : `${eventOf[status]}, settled`;
  if (events.join(', ') !== expected) yield `events ${events.join(', ')}; expected ${expected}`;
  const last = updates.at(-1);
  if (status !== undefined && last !== status) yield `updates$ ends with ${last}, and it is ${status}`;
  // In the middle of a step, not all events have come; and a restored delivery has no handle.
  if (session.state === 'crashed' || earlier !== undefined) return;
  const told = promise === 'not read' ? status : promise instanceof Error ? promise.name : promise?.status;
  if (told !== status) yield `settled is ${told ?? 'open'}, and it is ${status ?? 'open'}`;
  if (stream === undefined) return;
  if (status === undefined && stream.includes('complete')) yield 'state$ is complete, and it is open';
  const end = stream.slice(-2).join(', ');
  if (status !== undefined && end !== `${status}, complete`) yield `state$ ends with ${end}, and it is ${status}`;
}
