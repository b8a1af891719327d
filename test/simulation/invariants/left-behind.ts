// Nothing left behind: after `close` there is no timer, listener or request of ours, every open promise has ended, and
// no event follows.

import { isChimeDeliveryError } from 'chime-delivery';
import type { AppSession } from '../app-session.ts';
import type { Report } from './facts.ts';

/** `close` was called in this session, and all synchronous effects have happened. */
export function judgeAfterClose(session: AppSession, report: Report): void {
  const { machine, client, socket, wake$, observer } = session;
  const left = (what: string): void => report('nothing left behind', session.name, what);
  if (machine.timers.size > 0) left(`${machine.timers.size} timers`);
  if (client.open > 0) left(`${client.open} requests under way`);
  if (socket !== undefined && socket.adapter.listeners > 0) left(`${socket.adapter.listeners} listeners of the socket`);
  if (wake$.observed) left('a listener of wake$');
  for (const { promise, ended, delivery, message, earlier } of observer.followed.values()) {
    // The promise of a delivery that the store was about to restore has no reader.
    if (ended !== 'closed' || earlier !== undefined || promise === 'not read') continue;
    const told = promise instanceof Error ? promise.name : promise?.status;
    if (!isChimeDeliveryError(promise) || promise.code !== 'TRACKER_CLOSED')
      left(`${message.text}: settled is ${told}`);
    if (delivery.state.status === 'UNKNOWN') left(`${message.text} became UNKNOWN by closing`);
  }
}

/** The world has gone on for a while. */
export function judgeSilence({ observer, name }: AppSession, report: Report): void {
  if (observer.late.length > 0) report('nothing left behind', name, `after close: ${observer.late.join(', ')}`);
}
