// Promise 5: after `close` there is no timer, listener or request of ours, every open promise has ended, and nothing more is
// said.

import { isChimeDeliveryError } from 'chime-delivery';
import type { Life } from '../life.ts';
import type { Report } from './facts.ts';

/** `close` was called in this life, and everything that follows at once has happened. */
export function judgeAfterClose(life: Life, report: Report): void {
  const { machine, client, line, wake$, witness } = life;
  const left = (what: string): void => report('nothing left behind', life.name, what);
  if (machine.timers.size > 0) left(`${machine.timers.size} timers`);
  if (client.open > 0) left(`${client.open} requests under way`);
  if (line !== undefined && line.face.listeners > 0) left(`${line.face.listeners} listeners of the socket`);
  if (wake$.observed) left('a listener of wake$');
  for (const { promise, ended, delivery, message, earlier } of witness.followed.values()) {
    // Of what the store was to bring back, nobody has the promise.
    if (ended !== 'closed' || earlier !== undefined || promise === 'not read') continue;
    const told = promise instanceof Error ? promise.name : promise?.status;
    if (!isChimeDeliveryError(promise) || promise.code !== 'TRACKER_CLOSED')
      left(`${message.text}: settled is ${told}`);
    if (delivery.state.status === 'UNKNOWN') left(`${message.text} became UNKNOWN by closing`);
  }
}

/** The world has gone on for a while. */
export function judgeSilence({ witness, name }: Life, report: Report): void {
  if (witness.late.length > 0) report('nothing left behind', name, `after close: ${witness.late.join(', ')}`);
}
