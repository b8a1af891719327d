// Promise 1, the truth of it: SENT, FAILED and DENIED only where they are so, and UNKNOWN only where the truth could not be
// had. Judged at the moment at which it is announced.

import type { TerminalState, UnknownState } from 'chime-delivery';
import type { Life } from '../life.ts';
import type { Followed } from '../witness.ts';
import { isProvable, limitsOf, named, type Facts, type Report } from './facts.ts';

export function judgeOutcome(facts: Facts, life: Life, followed: Followed, state: TerminalState, report: Report): void {
  const wrong = (what: string): void => report('a true outcome', life.machine.name, `${named(followed)} ${what}`);
  if (state.status === 'UNKNOWN') {
    const why = dishonesty(facts, life, followed, state);
    const what = `${named(followed)} is UNKNOWN ${state.reason}`;
    if (why !== undefined) report('an honest UNKNOWN', life.machine.name, `${what}, and ${why}`);
    return;
  }
  if (state.status === 'FAILED' && state.evidence === 'rejected') {
    if (facts.exists(followed)) wrong('is FAILED rejected, and the service has it');
    return;
  }
  const truth = facts.truthOf(followed, state.messageId);
  if (truth === undefined || truth.content !== followed.message.text) {
    return wrong(`is ${state.status}, and its MessageId is another message's`);
  }
  if (truth.status !== state.status) wrong(`is ${state.status} by ${state.evidence}, and the truth is ${truth.status}`);
}

/** When the world is over: what was told to be refused has not arrived after all. */
export function judgeRejections(facts: Facts, life: Life, report: Report): void {
  for (const followed of life.witness.followed.values()) {
    const [state] = followed.settled;
    if (state?.status !== 'FAILED' || state.evidence !== 'rejected' || !facts.exists(followed)) continue;
    // The process ended before the store had taken the record out, and the next one has sent it after all.
    const isBack = facts.lives.some(({ witness }) =>
      witness.followed.get(followed.id)?.earlier?.settled.includes(state),
    );
    const { spells } = facts.plan;
    const storeIsIll = spells.some(({ kind, device }) => device === life.parts.index && kind.startsWith('store-'));
    if (isBack && (life.state === 'crashed' || (life.state === 'closed' && storeIsIll))) continue;
    report('a true outcome', life.machine.name, `${named(followed)} is FAILED rejected, and came to be`);
  }
}

/** Why this UNKNOWN should not have been; undefined where it is honest. */
function dishonesty(facts: Facts, life: Life, followed: Followed, state: UnknownState): string | undefined {
  const { giveUpAfterMs, sendEndsAfterMs } = limitsOf(life.parts.device);
  const age = state.settledAt - state.trackedAt;
  const arrivals = facts.arrivalsOf(followed);
  switch (state.reason) {
    case 'deadline':
      if (age < giveUpAfterMs) return `its age is ${age} ms of ${giveUpAfterMs} ms`;
      return facts.hasToBeKnown(life, followed) ? 'the service has long decided, and the road is well' : undefined;
    case 'forbidden': {
      const isRefused = (operation: string): boolean =>
        arrivals.some(
          ({ call, refusal = '' }) => call.operation === operation && /^(Forbidden|AccessDenied)/.test(refusal),
        );
      return isRefused('GetChannelMessageStatus') && isRefused('GetChannelMessage')
        ? undefined
        : 'one way of asking is allowed';
    }
    case 'invalid':
      return arrivals.some(
        ({ call, refusal = '' }) => call.messageId === state.messageId && refusal.startsWith('BadRequest'),
      )
        ? undefined
        : 'nobody called the question wrong';
    case 'indeterminate': {
      if (state.messageId !== undefined) {
        return isProvable(followed) ? 'a missing status would have proved it' : undefined;
      }
      const isRefused = arrivals.some(
        ({ call, refusal }) => call.input['Content'] === followed.message.text && refusal !== undefined,
      );
      // Without the content nothing can be sent again.
      const isEmpty = followed.earlier !== undefined && life.parts.device.options.send?.persistContent === false;
      // By a clock that was set back in between, it looks younger than what counts, the time since it left.
      const wasSetBack = life.machine.clockError < 0 || life.clockJumps.some(({ byMs }) => byMs < 0);
      return isEmpty || followed.calledOff || age >= sendEndsAfterMs || isRefused || wasSetBack
        ? undefined
        : `it was sent ${age} ms ago, and neither refused nor called off`;
    }
  }
}
