// What is known of a world when it is judged: the truth of the service beside what the trackers said, and the limits that
// follow from the options of a device.

import type { MessageStatus } from '../../../src/emulator/service/message.ts';
import { isKept } from '../../../src/emulator/service/visibility.ts';
import type { VirtualTime } from '../clock.ts';
import type { AppSession } from '../app-session.ts';
import type { DevicePlan, Plan } from '../plan.ts';
import type { Arrival, Service } from '../service.ts';
import type { Followed } from '../observer.ts';

/** What the documentation promises, by name. */
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

/** What became of what was sent, or of an edit. */
interface Truth {
  readonly status: MessageStatus;
  readonly decidedAt: number | undefined;
  /** Somebody has taken the message away. */
  readonly deleted: boolean;
}

/** How old a delivery may poll to its tracker: one that came back goes by a clock that may be wrong. */
interface Age {
  readonly least: number;
  readonly most: number;
}

const HOUR = 3_600_000;
/** A poll may be so late: a probe of suspended credentials, a pause, a rate at its floor. */
const GRACE_MS = 600_000;

/** How long after its outcome a message of this age is to be known at the latest. */
export function patienceMs(ageMs: number): number {
  return GRACE_MS + 0.3 * Math.max(0, ageMs);
}

export class Facts {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly service: Service;
  readonly sessions: readonly AppSession[];

  constructor(deliveries: Pick<Facts, 'plan' | 'time' | 'service' | 'sessions'>) {
    this.plan = deliveries.plan;
    this.time = deliveries.time;
    this.service = deliveries.service;
    this.sessions = deliveries.sessions;
  }

  /** What the service knows of what was sent, or of the edit; undefined where this id is not that of this message. */
  truthOf({ message, bearer }: Followed, messageId: string | undefined): Truth | undefined {
    const stored = this.service.truthOf(messageId ?? '');
    if (stored?.sender !== bearer) return undefined;
    if (message.how !== 'edit') return stored.submittedContent === message.text ? stored : undefined;
    const update = stored.updates.find(({ content }) => content === message.text);
    return update && { ...update, deleted: stored.deleted };
  }

  /** Whether the service keeps the message of this id: one that was denied, taken away, or not to be kept is no more. */
  isKept(messageId: string): boolean {
    const stored = this.service.truthOf(messageId);
    return stored !== undefined && isKept(stored);
  }

  /** Whether the service has it, under whatever id. */
  exists({ message, bearer }: Followed): boolean {
    return this.service.chime.messages.some(
      ({ submittedContent, updates, sender }) =>
        sender === bearer &&
        (message.how === 'edit'
          ? updates.some(({ content }) => content === message.text)
          : submittedContent === message.text),
    );
  }

  /** How long it has been tracked, in this life and those before. */
  ageOf(session: AppSession, followed: Followed): Age {
    let first = followed;
    while (first.earlier !== undefined) first = first.earlier;
    const age = this.time.now - first.since;
    if (first === followed) return { least: age, most: age };
    const byClock = this.time.wallClock(session.machine) - followed.delivery.state.trackedAt;
    return { least: Math.min(age, byClock), most: Math.max(age, byClock) };
  }

  /** Whether no request of it has ever left, and all lives so far ended in good order, so that the tracker knows. */
  isKnownUnsent({ parts }: AppSession, { message, adopted, earlier }: Followed): boolean {
    if (adopted || this.storeIsIll(parts.index)) return false;
    for (let one = earlier; one !== undefined; one = one.earlier) if (one.ended !== 'closed') return false;
    return !this.sessions.some(
      (session) => session.parts.index === parts.index && session.client.mayHaveLeft.has(message.text),
    );
  }

  /** Whether the store of this device fails at some time. */
  storeIsIll(index: number): boolean {
    return this.plan.spells.some(({ kind, device }) => device === index && kind.startsWith('store-'));
  }

  /** Whether what reads show of a message may be an edit's: then only push can tell what became of the message itself. */
  #isObscured({ message, delivery }: Followed): boolean {
    const { status, updates = [] } = this.service.truthOf(delivery.state.messageId ?? '') ?? {};
    if (message.how === 'edit' || updates.length === 0) return false;
    const { pendingEdit, refusedEdit } = this.plan.edits;
    const shown = updates.filter((one) =>
      one.status === 'PENDING' ? pendingEdit === 'pending' : one.status !== 'SENT' && refusedEdit === 'shown',
    );
    return status === 'FAILED' || shown.length > 0;
  }

  /** Whether this life was told that the message, or its channel, was taken away. */
  heardOfRemoval({ socket }: AppSession, { message, since }: Followed, messageId: string): boolean {
    return [messageId, message.channelArn].some((key) => (socket?.removals.get(key) ?? -1) >= since);
  }

  /** Requests in the name of its sender that reached the service. */
  arrivalsOf({ bearer }: Followed): Arrival[] {
    return this.service.arrivals.filter(({ call }) => call.bearer === bearer);
  }

  /** Whether the service has decided so long ago, with the network well since, that it has to be known. */
  hasToBeKnown(session: AppSession, followed: Followed): boolean {
    const { plan, time } = this;
    const truth = this.truthOf(followed, followed.delivery.state.messageId);
    if (truth?.decidedAt === undefined || truth.deleted || this.#isObscured(followed)) return false;
    // What remains (docs/concepts.md): without a request id only GetChannelMessage can prove that it is missing.
    const noWitness = plan.hidesErrorType || plan.refusedOperations.includes('GetChannelMessage');
    if (plan.hidesRequestId && noWitness && (truth.status === 'DENIED' || !isProvable(followed))) return false;
    // Where nothing shows that the service says it, its refusals are nobody's.
    const isRefused = plan.refusedOperations.includes('GetChannelMessageStatus') || followed.message.losesSubChannel;
    if (plan.hidesRequestId && plan.hidesErrorType && isRefused) return false;
    const decidedAt = truth.decidedAt - time.wallClock(undefined) + time.now;
    const wellSince = Math.max(decidedAt, plan.faultMs, followed.since);
    return time.now - wellSince > patienceMs(this.ageOf(session, followed).most);
  }
}

/** What the options of a device come to. */
export interface Limits {
  readonly giveUpAfterMs: number;
  /** An edit that nothing can be read of ends after this. */
  readonly editEndsAfterMs: number;
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
    editEndsAfterMs: 60_000,
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
