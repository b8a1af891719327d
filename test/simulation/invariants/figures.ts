// The tracker's figures are true: its counters, its snapshots, and suspensions begin before they end.

import type { DeliveryTracker } from 'chime-delivery';
import type { AppSession } from '../app-session.ts';
import type { Followed } from '../observer.ts';
import type { Facts, Report } from './facts.ts';

export function judgeFigures({ plan }: Facts, session: AppSession, report: Report): void {
  const wrong = (what: string): void => report('honest figures', session.name, what);
  for (const what of [...counted(session), ...seen(session)]) wrong(what);
  const { suspensions } = session.observer;
  if (suspensions.some((one, index) => one !== (index % 2 === 0 ? 'suspended' : 'resumed'))) {
    wrong(`suspensions that do not alternate: ${suspensions.join(', ')}`);
  }
  if (suspensions.length > 0 && !plan.spells.some(({ kind }) => kind === 'expired' || kind === 'skewed')) {
    wrong('suspended, and the credentials were never bad');
  }
  // A bearer with nothing pending is not probed.
  const waiting = new Set(openOf(session).map(({ bearer }) => bearer));
  const all = new Set([...session.observer.followed.values()].map(({ bearer }) => bearer));
  if (suspensions.at(-1) === 'suspended' && waiting.size > 0 && waiting.size === all.size) wrong('still suspended');
}

/** Deliveries that the tracker knows and has not ended. */
function openOf({ tracker, observer }: AppSession): Followed[] {
  const all = [...observer.followed.values()].filter((one) => isBack(tracker, one));
  return all.filter((one) => one.settled.length === 0 && one.ended === undefined);
}

/** The app gave it to the tracker in this session, or the store has restored it. */
function isBack(tracker: DeliveryTracker, { earlier, updates, id }: Followed): boolean {
  return earlier === undefined || updates.length > 0 || tracker.get(id)?.id === id;
}

function* counted(session: AppSession): Generator<string> {
  const { tracker, client, observer } = session;
  const { requests, pending, settled } = tracker.stats;
  const sum = Object.values(requests).reduce((total, one) => total + one, 0);
  if (sum !== client.dispatches.length) yield `stats count ${sum} requests of ${client.dispatches.length}`;
  const all = [...observer.followed.values()].filter((one) => isBack(tracker, one));
  const open = openOf(session).length;
  if (pending !== open) yield `stats count ${pending} pending of ${open}`;
  for (const status of ['SENT', 'FAILED', 'DENIED', 'UNKNOWN'] as const) {
    const ended = all.filter((one) => one.settled[0]?.status === status).length;
    if (settled[status] !== ended) yield `stats count ${settled[status]} ${status} of ${ended}`;
  }
}

/** `deliveries$` and `get` agree with each delivery's own state, as far as they keep it. */
function* seen({ tracker, latest, observer }: AppSession): Generator<string> {
  for (const { id, delivery, message } of observer.followed.values()) {
    const { status, messageId } = delivery.state;
    if (message.how === 'edit' && tracker.get(messageId ?? '')?.id === id)
      yield `get gives ${message.text} for the create`;
    // Once it is no longer kept, its MessageId may name another delivery: the app tracked the message without its sub-channel.
    const kept = tracker.get(id);
    const others = [kept?.id === id ? kept.status : status, latest?.get(id)?.status ?? status];
    if (others.some((other) => other !== status))
      yield `${message.text} is ${status}; get, deliveries$: ${others.join(', ')}`;
  }
}
