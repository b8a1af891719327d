// An honest UNKNOWN: only if the outcome could not be known.

import type { UnknownState } from 'chime-delivery';
import type { AppSession } from '../app-session.ts';
import type { Followed } from '../observer.ts';
import { isProvable, limitsOf, type Facts } from './facts.ts';

/** A refusal after a permission must last this long, less the time of a request. */
const REFUSED_FOR_MS = 59_000;

/** Why this UNKNOWN is wrong; undefined if it is honest. */
export function dishonesty(
  deliveries: Facts,
  session: AppSession,
  followed: Followed,
  state: UnknownState,
): string | undefined {
  const { giveUpAfterMs, editEndsAfterMs } = limitsOf(session.parts.device);
  const age = deliveries.ageOf(session, followed).most;
  switch (state.reason) {
    case 'deadline':
      if (age < giveUpAfterMs) return `its age is ${age} ms of ${giveUpAfterMs} ms`;
      return deliveries.hasToBeKnown(session, followed)
        ? 'the service has long decided, and the network is well'
        : undefined;
    case 'forbidden':
      return (
        whyNotForbidden(deliveries, session, followed, 'GetChannelMessageStatus') ??
        whyNotForbidden(deliveries, session, followed, 'GetChannelMessage')
      );
    case 'invalid':
      return deliveries
        .arrivalsOf(followed)
        .some(({ call, refusal = '' }) => call.messageId === state.messageId && refusal.startsWith('BadRequest'))
        ? undefined
        : 'nobody called the question wrong';
    case 'indeterminate': {
      // An edit has the MessageId of its message before the service has accepted it.
      const wasSent = state.messageId === undefined || (!followed.adopted && !followed.updates.includes('PENDING'));
      if (wasSent || state.messageId === undefined) return whyNotIndeterminate(deliveries, session, followed);
      if (deliveries.truthOf(followed, state.messageId)?.deleted === true) return undefined;
      // After a redaction, too, a missing status proves nothing.
      if (deliveries.mayHaveHeardOfRemoval(session, followed, state.messageId)) return undefined;
      if (followed.message.how !== 'edit')
        return isProvable(followed) ? 'a missing status would have proved it' : undefined;
      const mayBeRead = age < editEndsAfterMs && deliveries.isKept(state.messageId);
      return mayBeRead ? `the edit is ${age} ms old, and may still be read` : undefined;
    }
  }
}

/** Whether an operation is forbidden for this sender: for a minute, if it was not always. */
function whyNotForbidden(
  deliveries: Facts,
  session: AppSession,
  followed: Followed,
  operation: string,
): string | undefined {
  const { message, bearer, delivery } = followed;
  // A service that refuses the status of denied messages does not refuse that of others.
  const isAboutOne = deliveries.plan.deniedShape === 'forbidden';
  const answers = session.client.answers.filter(
    ({ call, own, refusal }) =>
      own &&
      call.operation === operation &&
      call.bearer === bearer &&
      call.channelArn === message.channelArn &&
      (!isAboutOne || refusal !== undefined || call.messageId === delivery.state.messageId),
  );
  const works = answers.findLastIndex(({ refusal }) => refusal === undefined);
  const first = answers.slice(works + 1).find(({ refusal = '' }) => /^(Forbidden|AccessDenied)/.test(refusal));
  if (first === undefined) return `${operation} is allowed`;
  const forMs = deliveries.time.now - first.at;
  return works >= 0 && forMs < REFUSED_FOR_MS ? `${operation} has worked, and was refused for ${forMs} ms` : undefined;
}

/** For a send without a response. */
function whyNotIndeterminate(deliveries: Facts, session: AppSession, followed: Followed): string | undefined {
  const { sendEndsAfterMs } = limitsOf(session.parts.device);
  const age = deliveries.ageOf(session, followed).most;
  // It was cancelled while a request was in flight.
  if (followed.calledOff) return undefined;
  if (deliveries.isKnownUnsent(session, followed)) return 'no request of it can have reached anybody';
  // Without the content it cannot be sent again.
  const isEmpty = followed.earlier !== undefined && session.parts.device.options.send?.persistContent === false;
  if (isEmpty || followed.calledOff || age >= sendEndsAfterMs) return undefined;
  const refusals = deliveries
    .arrivalsOf(followed)
    .filter(({ call, refusal }) => call.input['Content'] === followed.message.text && refusal !== undefined);
  const isConflict = refusals.length === 1 && refusals[0]?.refusal === 'ConflictException';
  if (refusals.length > 0 && !isConflict) return undefined;
  return `it was sent ${age} ms ago, and ${isConflict ? 'met one conflict' : 'neither refused nor called off'}`;
}
