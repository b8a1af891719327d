// DESIGN.md's promises, judged against what the service knows: each outcome at the moment it is announced, the rest when
// the world is over. A promise that is broken is written down with what broke it; nothing is thrown.

import { isChimeDeliveryError, type TerminalState, type UnknownState } from 'chime-delivery';
import type { VirtualTime } from './clock.ts';
import type { Life } from './life.ts';
import type { Plan } from './plan.ts';
import type { Arrival, Service } from './service.ts';
import type { Followed } from './witness.ts';

export type PromiseName =
  | 'one outcome'
  | 'a true outcome'
  | 'an honest UNKNOWN'
  | 'nothing forgotten'
  | 'within the budget'
  | 'push first'
  | 'nothing left behind'
  | 'no duplicate'
  | 'no escape'
  | 'honest figures';

export interface Broken {
  readonly promise: PromiseName;
  readonly at: number;
  readonly where: string;
  readonly what: string;
}

export interface Facts {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly service: Service;
  readonly lives: readonly Life[];
}

const HOUR = 3_600_000;
/** What the options of a device stand for where they are not given. */
const defaults = { giveUpAfterMs: 48 * HOUR, resendWindowMs: 600_000, quietMs: 20_000, requestsPerSecond: 5 };
/** A look may be so late: a probe of suspended credentials, a pause, a rate at its floor. */
const GRACE_MS = 600_000;

export class Judge {
  readonly broken: Broken[] = [];
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  break(promise: PromiseName, where: string, what: string): void {
    this.broken.push({ promise, at: this.#facts.time.now, where, what });
  }

  /** An outcome was announced. */
  outcome(life: Life, followed: Followed, state: TerminalState): void {
    const say = (what: string): void => this.break('a true outcome', life.machine.name, `${named(followed)} ${what}`);
    if (state.status === 'UNKNOWN') return this.#unknown(life, followed, state);
    if (state.status === 'FAILED' && state.evidence === 'rejected') {
      if (this.#messagesOf(followed).length > 0) say('is FAILED rejected, and the service has it');
      return;
    }
    const truth = this.#facts.service.truthOf(state.messageId ?? '');
    if (truth === undefined || truth.content !== followed.message.text || truth.sender !== followed.bearer) {
      return say(`is ${state.status}, and its MessageId is another message's`);
    }
    if (truth.status !== state.status) say(`is ${state.status} by ${state.evidence}, and the truth is ${truth.status}`);
  }

  /** The world is over, and has been well for long; every tracker that is still open is still open. */
  beforeClosing(): void {
    for (const life of this.#facts.lives) {
      for (const followed of life.witness.followed.values()) {
        this.#oneOutcome(life, followed);
        if (life.state === 'open' && followed.ended === undefined) this.#notForgotten(life, followed);
      }
      const { strangers, late, suspensions } = life.witness;
      for (const id of strangers) this.break('one outcome', life.machine.name, `news of ${id}, which nobody tracks`);
      if (late.length > 0) this.break('nothing left behind', life.machine.name, `after close: ${late.join(', ')}`);
      if (suspensions.some((one, index) => one !== (index % 2 === 0 ? 'suspended' : 'resumed'))) {
        this.break('honest figures', life.machine.name, `suspensions that do not alternate: ${suspensions.join(', ')}`);
      }
      if (life.state === 'open') this.#figures(life);
      this.#budget(life);
    }
    this.#tokens();
    this.#rejectionsHold();
    if (this.#facts.plan.calm) this.#pushFirst();
  }

  /** `close` was called in this life, and everything that follows at once has happened. */
  afterClose(life: Life): void {
    const { machine, client, line, wake$, witness } = life;
    const left = (what: string): void => this.break('nothing left behind', machine.name, what);
    if (machine.timers.size > 0) left(`${machine.timers.size} timers`);
    if (client.open > 0) left(`${client.open} requests under way`);
    if (line !== undefined && line.face.listeners > 0) left(`${line.face.listeners} listeners of the socket`);
    if (wake$.observed) left('a listener of wake$');
    for (const { promise, ended, delivery, message } of witness.followed.values()) {
      if (ended === 'closed' && !(isChimeDeliveryError(promise) && promise.code === 'TRACKER_CLOSED')) {
        left(`${message.text}: settled is still ${promise === undefined ? 'open' : shown(promise)}`);
      }
      if (ended === 'closed' && delivery.state.status === 'UNKNOWN') left(`${message.text} became UNKNOWN by closing`);
    }
  }

  /** The world has gone on for a while after everything was closed. */
  longAfter(): void {
    for (const life of this.#facts.lives) {
      if (life.witness.late.length > 0) {
        this.break('nothing left behind', life.machine.name, `after close: ${life.witness.late.join(', ')}`);
      }
      const { asked, answered } = life.reconciles;
      if (life.state === 'closed' && answered < asked) {
        this.break('nothing forgotten', life.machine.name, `${asked - answered} reconciles that never end`);
      }
    }
  }

  #unknown(life: Life, followed: Followed, state: UnknownState): void {
    const { options } = life.parts.device;
    const age = state.settledAt - state.trackedAt;
    const wrong = (why: string): void =>
      this.break('an honest UNKNOWN', life.machine.name, `${named(followed)} is UNKNOWN ${state.reason}: ${why}`);
    switch (state.reason) {
      case 'deadline': {
        const { giveUpAfterMs = defaults.giveUpAfterMs } = options.polling ?? {};
        if (age < giveUpAfterMs) wrong(`its age is ${age} ms of ${giveUpAfterMs} ms`);
        if (this.#couldBeKnown(life, followed)) wrong('the service has long decided, and the road is well');
        return;
      }
      case 'forbidden': {
        const refused = (operation: string): boolean =>
          this.#arrivalsOf(life).some(
            ({ call, refusal = '' }) => call.operation === operation && /^(Forbidden|AccessDenied)/.test(refusal),
          );
        if (!refused('GetChannelMessageStatus') || !refused('GetChannelMessage')) wrong('one way of asking is allowed');
        return;
      }
      case 'invalid': {
        const refused = this.#arrivalsOf(life).some(
          ({ call, refusal = '' }) => call.messageId === state.messageId && refusal.startsWith('BadRequest'),
        );
        if (!refused) wrong('nobody called the question wrong');
        return;
      }
      case 'indeterminate': {
        if (state.messageId !== undefined) {
          if (isProvable(followed)) wrong('a missing status would have proved it');
          return;
        }
        const { resendWindowMs = defaults.resendWindowMs } = options.send ?? {};
        const refused = this.#sendsOf(followed).some(({ refusal }) => refusal !== undefined);
        if (!followed.calledOff && age < resendWindowMs && !refused)
          wrong(`it was sent ${age} ms ago, and not refused`);
      }
    }
  }

  #oneOutcome(life: Life, followed: Followed): void {
    const { settled, events, updates, stream, promise, ended } = followed;
    const wrong = (what: string): void => this.break('one outcome', life.machine.name, `${named(followed)}: ${what}`);
    const status = settled[0]?.status;
    if (settled.length > 1) wrong(`settled ${settled.length} times`);
    if (new Set(updates).size !== updates.length) wrong(`updates$ repeats itself: ${updates.join(', ')}`);
    if (ended !== undefined) {
      if (ended === 'forgotten' && settled.length > 0) wrong('settled after it was forgotten');
      return;
    }
    const kind = status && { SENT: 'sent', FAILED: 'failed', DENIED: 'failed', UNKNOWN: 'unknown' }[status];
    const expected = kind === undefined ? '' : `${kind}, settled`;
    if (events.join(', ') !== expected) wrong(`events ${events.join(', ')}; expected ${expected}`);
    const last = updates.at(-1);
    if (status !== undefined && last !== status) wrong(`updates$ ends with ${last}, and it is ${status}`);
    if (life.state === 'crashed') return;
    const told = promise === undefined ? undefined : shown(promise);
    if (told !== status) wrong(`settled is ${told ?? 'open'}, and it is ${status ?? 'open'}`);
    const end = stream?.slice(-2).join(', ');
    if (end !== undefined && status !== undefined && end !== `${status}, complete`) wrong(`state$ ends with ${end}`);
    if (stream !== undefined && status === undefined && stream.includes('complete')) wrong('state$ is complete');
  }

  #notForgotten(life: Life, followed: Followed): void {
    const { time } = this.#facts;
    if (followed.settled.length > 0) return;
    const { status, trackedAt } = followed.delivery.state;
    const wrong = (what: string): void =>
      this.break('nothing forgotten', life.machine.name, `${named(followed)} ${what}`);
    const { giveUpAfterMs = defaults.giveUpAfterMs } = life.parts.device.options.polling ?? {};
    if (status === 'SENDING') return wrong('is still SENDING');
    if (this.#couldBeKnown(life, followed)) return wrong(`is still ${status}, and the service has long decided`);
    const age = time.wallClock(life.machine) - trackedAt;
    if (age > giveUpAfterMs + GRACE_MS) wrong(`is still ${status} at an age of ${age} ms of ${giveUpAfterMs} ms`);
  }

  /** Whether the service has decided so long ago, with the road well since, that it has to be known. */
  #couldBeKnown(life: Life, { delivery, message }: Followed): boolean {
    const { plan, time, service } = this.#facts;
    const { messageId = '', trackedAt } = delivery.state;
    const truth = service.truthOf(messageId);
    if (truth?.decidedAt === undefined) return false;
    // What remains (README): without a request id only GetChannelMessage can prove a denial.
    const hidden = plan.hidesRequestId && plan.refusedOperations.includes('GetChannelMessage');
    if (hidden && (truth.status === 'DENIED' || !message.persistent)) return false;
    const since = Math.max(truth.decidedAt - time.wallClock(undefined) + time.now, plan.troubleMs);
    const age = time.wallClock(life.machine) - trackedAt;
    return time.now - since > patienceMs(age);
  }

  #figures(life: Life): void {
    const { tracker, client, witness } = life;
    const { requests, pending, settled } = tracker.stats;
    const wrong = (what: string): void => this.break('honest figures', life.machine.name, what);
    const counted = Object.values(requests).reduce((sum, one) => sum + one, 0);
    if (counted !== client.departures.length) wrong(`stats count ${counted} requests of ${client.departures.length}`);
    const all = [...witness.followed.values()];
    const open = all.filter((one) => one.settled.length === 0 && one.ended === undefined);
    if (pending !== open.length) wrong(`stats count ${pending} pending of ${open.length}`);
    for (const status of ['SENT', 'FAILED', 'DENIED', 'UNKNOWN'] as const) {
      const ended = all.filter((one) => one.settled[0]?.status === status).length;
      if (settled[status] !== ended) wrong(`stats count ${settled[status]} ${status} of ${ended}`);
    }
  }

  /** In no second more than burst + rate leave, and never more than `maxConcurrent` at once. */
  #budget(life: Life): void {
    const { rateLimit = {} } = life.parts.device.options;
    const { requestsPerSecond = defaults.requestsPerSecond, maxConcurrent = 4 } = rateLimit;
    const burst = rateLimit.burst ?? Math.max(1, requestsPerSecond);
    const { departures } = life.client;
    for (const { underWay, at } of departures) {
      if (underWay > maxConcurrent) {
        this.break('within the budget', life.machine.name, `${underWay} requests at once at ${at} ms`);
        break;
      }
    }
    let end = 0;
    for (const [start, { at }] of departures.entries()) {
      while ((departures[end]?.at ?? Infinity) < at + 1_000) end += 1;
      // A clock that is set forward says that time has passed: that is worth one more burst.
      const jumps = life.clockJumps.filter((jump) => jump.byMs > 0 && jump.at > at - 1 && jump.at < at + 1_000).length;
      if (end - start > Math.floor(burst + requestsPerSecond) + jumps * Math.ceil(burst)) {
        this.break('within the budget', life.machine.name, `${end - start} requests in the second from ${at} ms`);
        return;
      }
    }
  }

  #tokens(): void {
    const { service, plan } = this.#facts;
    const sent = new Map<string, Set<string>>();
    for (const { call, byTracker } of service.arrivals) {
      if (!byTracker || call.operation !== 'SendChannelMessage') continue;
      const text = String(call.input['Content']);
      sent.set(text, (sent.get(text) ?? new Set()).add(String(call.input['ClientRequestToken'])));
    }
    for (const [text, tokens] of sent) {
      if (tokens.size > 1) this.break('no duplicate', 'service', `${text} came with ${tokens.size} tokens`);
    }
    const copies = new Map<string, number>();
    for (const { content } of service.chime.messages) copies.set(content, (copies.get(content) ?? 0) + 1);
    for (const { text } of plan.messages) {
      if ((copies.get(text) ?? 0) > 1)
        this.break('no duplicate', 'service', `${text} is there ${copies.get(text)} times`);
    }
  }

  /** What was told to be refused has not arrived after all. */
  #rejectionsHold(): void {
    for (const life of this.#facts.lives) {
      for (const followed of life.witness.followed.values()) {
        const state = followed.settled[0];
        if (state?.status !== 'FAILED' || state.evidence !== 'rejected') continue;
        if (this.#messagesOf(followed).length === 0) continue;
        this.break('a true outcome', life.machine.name, `${named(followed)} is FAILED rejected, and came to be`);
      }
    }
  }

  /** In a calm world, what was decided before the first safety look has cost nothing but its send. */
  #pushFirst(): void {
    const { service, plan } = this.#facts;
    const slow = new Set(plan.messages.filter(({ afterMs }) => afterMs > defaults.quietMs / 2).map(({ text }) => text));
    for (const { call, byTracker } of service.arrivals) {
      if (!byTracker || call.operation === 'SendChannelMessage') continue;
      const content = service.truthOf(call.messageId ?? '')?.content ?? '';
      if (!slow.has(content)) this.break('push first', 'service', `${call.operation} for ${content}`);
    }
  }

  #arrivalsOf(life: Life): Arrival[] {
    const { bearer } = life.parts.device;
    return this.#facts.service.arrivals.filter(({ call }) => call.bearer === bearer);
  }

  #sendsOf({ message, bearer }: Followed): Arrival[] {
    return this.#facts.service.arrivals.filter(
      ({ call }) =>
        call.operation === 'SendChannelMessage' && call.bearer === bearer && call.input['Content'] === message.text,
    );
  }

  #messagesOf({ message, bearer }: Followed): unknown[] {
    return this.#facts.service.chime.messages.filter(
      ({ content, sender }) => content === message.text && sender === bearer,
    );
  }
}

/** How long after its outcome a message of this age is to be known at the latest. */
export function patienceMs(ageMs: number): number {
  return GRACE_MS + 0.3 * Math.max(0, ageMs);
}

function isProvable({ message }: Followed): boolean {
  return message.persistent && !message.control;
}

function named({ message, delivery }: Followed): string {
  return `${message.text} (${message.how}, ${delivery.state.messageId === undefined ? 'no id' : 'with id'})`;
}

function shown(promise: TerminalState | Error): string {
  return promise instanceof Error ? promise.name : promise.status;
}
