// What is known about a world when it is judged: the service's outcomes, the trackers' reports, and the limits from the
// options of a device.

import type { MessageStatus } from '../../../src/emulator/service/message.ts';
import { isKept } from '../../../src/emulator/service/visibility.ts';
import type { VirtualTime } from '../clock.ts';
import type { AppSession } from '../app-session.ts';
import type { DevicePlan, Plan } from '../plan.ts';
import type { Arrival, Service } from '../service.ts';
import type { Followed } from '../observer.ts';

/** The invariants by name, from the guarantees in docs/concepts.md. */
export type InvariantName =
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

/** Records that an invariant was broken, where, and by what. */
export type Report = (invariant: InvariantName, where: string, what: string) => void;

/** The outcome of what was sent, or of an edit. */
interface Truth {
  readonly status: MessageStatus;
  readonly decidedAt: number | undefined;
  /** A user has removed the message. */
  readonly deleted: boolean;
}

/** The possible ages of a delivery by its tracker: a restored one uses a clock that may be wrong. */
interface Age {
  readonly least: number;
  readonly most: number;
}

const HOUR = 3_600_000;
/** A poll may be this late: a probe of suspended credentials, a pause, a rate at its minimum. */
const GRACE_MS = 600_000;

/** How long after its outcome a tracker must know a message of this age. */
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

  /** What the service knows about what was sent, or about the edit; undefined if this id belongs to another message. */
  truthOf({ message, bearer }: Followed, messageId: string | undefined): Truth | undefined {
    const stored = this.service.truthOf(messageId ?? '');
    if (stored?.sender !== bearer) return undefined;
    if (message.how !== 'edit') return stored.submittedContent === message.text ? stored : undefined;
    const update = stored.updates.find(({ content }) => content === message.text);
    return update && { ...update, deleted: stored.deleted };
  }

  /** Whether the service keeps the message of this id: a denied, removed or non-persistent one does not exist there. */
  isKept(messageId: string): boolean {
    const stored = this.service.truthOf(messageId);
    return stored !== undefined && isKept(stored);
  }

  /** Whether the service has it, under any id. */
  exists({ message, bearer }: Followed): boolean {
    return this.service.chime.messages.some(
      ({ submittedContent, updates, sender }) =>
        sender === bearer &&
        (message.how === 'edit'
          ? updates.some(({ content }) => content === message.text)
          : submittedContent === message.text),
    );
  }

  /** How long it has been tracked, in this session and earlier ones: as its clock says now, and as it said at the restore. */
  ageOf(session: AppSession, followed: Followed): Age {
    let first = followed;
    while (first.earlier !== undefined) first = first.earlier;
    const age = this.time.now - first.since;
    if (first === followed) return { least: age, most: age };
    const { trackedAt } = followed.delivery.state;
    const byClock = this.time.wallClock(session.machine) - trackedAt;
    const sinceRestore = this.time.now - session.openedAt + session.openedAtByClock - trackedAt;
    return { least: Math.min(age, byClock, sinceRestore), most: Math.max(age, byClock, sinceRestore) };
  }

  /** Whether no request of it has ever left, and all sessions so far ended in order, so that the tracker knows. */
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

  /**
   * Whether reads of a message may show an edit's outcome: then only push can announce the message's own. For an edit: whether
   * another edit, which this session does not know, keeps the message PENDING.
   */
  #isObscured(session: AppSession, { message, delivery }: Followed): boolean {
    const { status, updates = [] } = this.service.truthOf(delivery.state.messageId ?? '') ?? {};
    const { pendingEdit, refusedEdit } = this.plan.edits;
    if (message.how === 'edit') {
      // (What an earlier session has told the end of is not restored.)
      const tracked = [...session.observer.followed.values()].filter(({ id }) => session.tracker.get(id) !== undefined);
      const known = new Set(tracked.map((one) => one.message.text));
      return pendingEdit === 'pending' && updates.some((one) => one.status === 'PENDING' && !known.has(one.content));
    }
    // (The tracker cannot know that an edit without an answer has never arrived.)
    const mayBeEdited = [...session.observer.followed.values()].some(
      ({ message: { how }, delivery: { state }, settled }) =>
        how === 'edit' && state.messageId === delivery.state.messageId && settled.at(0)?.status === 'UNKNOWN',
    );
    if (updates.length === 0 && !mayBeEdited) return false;
    const shown = updates.filter((one) =>
      one.status === 'PENDING' ? pendingEdit === 'pending' : one.status !== 'SENT' && refusedEdit === 'shown',
    );
    return status === 'FAILED' || shown.length > 0;
  }

  /** Whether the service refuses an edit: its message is not SENT, or another edit of it is PENDING. */
  isInConflict({ message, delivery }: Followed): boolean {
    if (message.how !== 'edit') return false;
    const { status, updates = [] } = this.service.truthOf(delivery.state.messageId ?? '') ?? {};
    const isPending = status === 'PENDING' || updates.some((update) => update.status === 'PENDING');
    return status !== 'SENT' && !isPending ? true : isPending && this.plan.edits.editWhilePending === 'conflict';
  }

  /** Whether an edit may still be sent: the edits of one message have a send window each, one after the other. */
  isBehindAnotherEdit(session: AppSession, { message, delivery, since }: Followed): boolean {
    if (message.how !== 'edit') return false;
    const { sendEndsAfterMs } = limitsOf(session.parts.device);
    const before = [...session.observer.followed.values()].filter(
      (one) =>
        one.message.how === 'edit' &&
        one.delivery.state.messageId === delivery.state.messageId &&
        one.since < since &&
        (one.settled.length === 0 || one.settled[0]?.status === 'UNKNOWN'),
    );
    return before.length > 0 && this.time.now - since < (before.length + 1) * sendEndsAfterMs + patienceMs(0);
  }

  /** Whether this session was notified that the message, or its channel, was removed. */
  heardOfRemoval(session: AppSession, followed: Followed, messageId: string): boolean {
    const { message, since, earlier } = followed;
    const has = [messageId, message.channelArn].some((key) => (session.socket?.removals.get(key) ?? -1) >= since);
    if (has || earlier === undefined) return has;
    // The store tells a later session of the device, unless the delivery had ended.
    for (let one: Followed | undefined = earlier; one !== undefined; one = one.earlier)
      if (one.settled.length > 0) return false;
    const before = this.sessions.find(({ observer }) => observer.followed.get(earlier.id) === earlier);
    // A removal that came before the response to the send is known to that session alone.
    if (earlier.delivery.state.messageId !== messageId) return false;
    return before !== undefined && this.heardOfRemoval(before, earlier, messageId);
  }

  /** Also before it was tracked here, or by the store of the device, which may know the message under another id. */
  mayHaveHeardOfRemoval(session: AppSession, followed: Followed, messageId: string): boolean {
    const { parts, store } = session;
    const sources = this.sessions.filter(
      (one) => one === session || (store !== undefined && one.parts.index === parts.index),
    );
    const isNotified = sources.some(({ socket }) => socket?.removals.has(messageId) === true);
    return isNotified || this.heardOfRemoval(session, followed, messageId);
  }

  /** Requests in the name of its sender that reached the service. */
  arrivalsOf({ bearer }: Followed): Arrival[] {
    return this.service.arrivals.filter(({ call }) => call.bearer === bearer);
  }

  /** Whether the service has decided long enough ago, with a good network since, that a tracker must know. */
  hasToBeKnown(session: AppSession, followed: Followed): boolean {
    const { plan, time } = this;
    const truth = this.truthOf(followed, followed.delivery.state.messageId);
    if (truth?.decidedAt === undefined || truth.deleted || this.#isObscured(session, followed)) return false;
    // A remaining risk (docs/concepts.md): without a request id only GetChannelMessage can prove that it is missing.
    const noWitness = plan.hidesErrorType || plan.refusedOperations.includes('GetChannelMessage');
    if (plan.hidesRequestId && noWitness && (truth.status === 'DENIED' || !isProvable(followed))) return false;
    // Without a mark of the service, its refusals could be anyone's.
    const isRefused = plan.refusedOperations.includes('GetChannelMessageStatus') || followed.message.losesSubChannel;
    if (plan.hidesRequestId && plan.hidesErrorType && isRefused) return false;
    const decidedAt = truth.decidedAt - time.wallClock(undefined) + time.now;
    const wellSince = Math.max(decidedAt, plan.faultMs, followed.since);
    return time.now - wellSince > patienceMs(this.ageOf(session, followed).most);
  }
}

/** The effects of the options of a device. */
export interface Limits {
  readonly giveUpAfterMs: number;
  /** An edit that reads never show ends after this. */
  readonly editEndsAfterMs: number;
  /** A send without a response is given up after this. */
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
