// What is known of a world when it is judged: the truth of the service beside what the trackers said, and the limits that
// follow from the options of a device.

import type { TruthRecord } from '../../../src/emulator/service/message.ts';
import type { VirtualTime } from '../clock.ts';
import type { Life } from '../life.ts';
import type { DevicePlan, Plan } from '../plan.ts';
import type { Arrival, Service } from '../service.ts';
import type { Followed } from '../witness.ts';

/** What README.md and DESIGN.md promise, by name. */
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

/** Writes down that a promise was broken, where, and by what. */
export type Report = (promise: PromiseName, where: string, what: string) => void;

type Truth = Pick<TruthRecord, 'content' | 'status' | 'decidedAt'>;

const HOUR = 3_600_000;
/** A look may be so late: a probe of suspended credentials, a pause, a rate at its floor. */
const GRACE_MS = 600_000;

/** How long after its outcome a message of this age is to be known at the latest. */
export function patienceMs(ageMs: number): number {
  return GRACE_MS + 0.3 * Math.max(0, ageMs);
}

export class Facts {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly service: Service;
  readonly lives: readonly Life[];

  constructor(facts: Pick<Facts, 'plan' | 'time' | 'service' | 'lives'>) {
    this.plan = facts.plan;
    this.time = facts.time;
    this.service = facts.service;
    this.lives = facts.lives;
  }

  /** What the service knows of what was sent, or of the edit. */
  truthOf({ message, bearer }: Followed, messageId: string | undefined): Truth | undefined {
    const truth = this.service.truthOf(messageId ?? '');
    if (truth?.sender !== bearer) return undefined;
    return message.how === 'edit' ? truth.updates.find(({ content }) => content === message.text) : truth;
  }

  /** Whether the service has it, under whatever id. */
  exists({ message, bearer }: Followed): boolean {
    return this.service.chime.messages.some(({ content, sender }) => content === message.text && sender === bearer);
  }

  /** Requests in the name of its sender that reached the service. */
  arrivalsOf({ bearer }: Followed): Arrival[] {
    return this.service.arrivals.filter(({ call }) => call.bearer === bearer);
  }

  /** Whether the service has decided so long ago, with the road well since, that it has to be known. */
  hasToBeKnown(life: Life, followed: Followed): boolean {
    const { plan, time } = this;
    const { messageId, trackedAt } = followed.delivery.state;
    const truth = this.truthOf(followed, messageId);
    if (truth?.decidedAt === undefined) return false;
    // What remains (README): without a request id only GetChannelMessage can prove that it is missing.
    // Without the error type as well, no error of the service's can be told from a gateway's.
    const { refusedOperations: refused } = plan;
    const nameless = plan.hidesRequestId && plan.hidesErrorType;
    if (nameless && refused.includes('GetChannelMessageStatus')) return false;
    const hidden = nameless || (plan.hidesRequestId && refused.includes('GetChannelMessage'));
    if (hidden && (truth.status === 'DENIED' || !isProvable(followed))) return false;
    const decidedAt = truth.decidedAt - time.wallClock(undefined) + time.now;
    const wellSince = Math.max(decidedAt, plan.troubleMs, followed.since);
    return time.now - wellSince > patienceMs(time.wallClock(life.machine) - trackedAt);
  }
}

/** What the options of a device come to. */
export interface Limits {
  readonly giveUpAfterMs: number;
  /** A send without an answer is given up after this. */
  readonly sendEndsAfterMs: number;
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly maxConcurrent: number;
}

export function limitsOf({ options }: DevicePlan): Limits {
  const { requestsPerSecond = 5, maxConcurrent = 4, burst = Math.max(1, requestsPerSecond) } = options.rateLimit ?? {};
  const { giveUpAfterMs = 48 * HOUR } = options.polling ?? {};
  const { resendWindowMs = 600_000, expireMs = 24 * HOUR } = options.send ?? {};
  return {
    giveUpAfterMs,
    sendEndsAfterMs: Math.min(resendWindowMs, expireMs),
    requestsPerSecond,
    burst,
    maxConcurrent,
  };
}

/** Whether a missing status proves that it was denied. */
export function isProvable({ message }: Followed): boolean {
  return message.persistent && !message.control && message.how !== 'edit';
}

export function named({ message, delivery }: Followed): string {
  return `${message.text} (${message.how}, ${delivery.state.messageId === undefined ? 'no id' : 'with id'})`;
}
