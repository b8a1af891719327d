// What a tracker must believe, written from the contract (docs/concepts.md: identity, missing messages, the verdict
// table and the guarantees) and not from the code: a model to check the registry and `decide` against.

import type { MissingRules } from '../../src/core/reduce.ts';
import type { Evidence, EditRead, Removed, StatusReported } from '../../src/core/evidence.ts';
import type { NewDelivery } from '../../src/core/delivery-record.ts';
import type { DeliveryQuery } from '../../src/core/delivery-index.ts';
import type { MessageReference } from '../../src/core/identity.ts';

export interface Modelled {
  readonly of: NewDelivery;
  /** The id that it requested, or undefined if that was taken. */
  readonly id: string | undefined;
  status: string;
  /** The source of an outcome, or the reason of an UNKNOWN. */
  why: string | undefined;
  messageId: string | undefined;
  subChannelId: string | undefined;
  sentAt: number;
  settledAt: number | undefined;
  polls: number;
  /** When the consecutive misses were counted. */
  missingCount: number[];
  /** A read has shown the message; for an edit: has shown it pending. */
  seen: boolean;
  missingMeansDenied: boolean;
}

const READS: readonly string[] = ['status', 'list', 'message'];
const isEdit = ({ of }: Modelled): boolean => of.isEdit === true;

/** The table: the effect of one report on a delivery. */
export function learn(it: Modelled, evidence: Evidence, rules: MissingRules): void {
  const { kind, at } = evidence;
  const end = (status: string, why: string): void => void Object.assign(it, { status, why, settledAt: at });
  const isSending = it.status === 'SENDING';
  if (it.settledAt !== undefined) return;
  if (kind === 'deadline') return end('UNKNOWN', 'deadline');
  if (kind === 'removed') return void (it.missingMeansDenied = false);
  if (kind === 'accepted' && isSending) {
    Object.assign(it, { status: 'PENDING', messageId: evidence.messageId, sentAt: at });
    it.subChannelId = evidence.subChannelId ?? it.subChannelId;
    if (evidence.status !== undefined && evidence.status !== 'PENDING') end(evidence.status, 'send-response');
  }
  if (kind === 'rejected' && isSending) return end('FAILED', 'rejected');
  if (kind === 'unconfirmed' && isSending) return end('UNKNOWN', 'indeterminate');
  // The rest is about an accepted message.
  if (isSending || kind === 'accepted' || kind === 'rejected' || kind === 'unconfirmed') return;
  if (kind !== 'status' || READS.includes(evidence.source)) it.polls += 1;
  if (kind === 'present') {
    it.missingCount = [];
    it.seen ||= !isEdit(it);
  }
  if (kind === 'invalid' || kind === 'forbidden') end('UNKNOWN', kind);
  if (kind === 'missing') {
    const askedAt = at - (evidence.tookMs ?? 0);
    const believableMs = it.seen ? rules.minAgeMs : Math.max(rules.minAgeMs, rules.unseenMs);
    if (!miss(it, askedAt, rules) || it.missingCount.length < rules.confirmations) return;
    if (askedAt - it.sentAt < believableMs || (rules.confirmations > 1 && evidence.source === 'status')) return;
    if (it.missingMeansDenied) end('DENIED', 'missing');
    else end('UNKNOWN', 'indeterminate');
  }
  if (kind === 'edit-read') return readEdit(it, evidence, rules, end);
  if (kind !== 'status') return;
  if (isEdit(it) && (READS.includes(evidence.source) || evidence.source === 'prefetch')) {
    // It is about the message. Without a report in time, none will come about the edit.
    if (READS.includes(evidence.source)) endInTime(it, at, rules, end);
  } else if (evidence.status !== 'PENDING') end(evidence.status, evidence.source);
  else {
    // An event explains a miss, and only a read shows that the message can be read.
    it.missingCount = [];
    it.seen ||= READS.includes(evidence.source);
  }
}

type End = (status: string, why: string) => void;

function readEdit(it: Modelled, evidence: EditRead, rules: MissingRules, end: End): void {
  const { shows, status, ambiguous, source, at } = evidence;
  if (shows === 'applied') return end('SENT', source);
  if (status === 'PENDING' && !ambiguous) return void Object.assign(it, { seen: true, missingCount: [] });
  if (status !== undefined && status !== 'PENDING' && !ambiguous && shows === 'old' && it.seen) {
    const isEnough = miss(it, at, rules) && it.missingCount.length >= rules.confirmations;
    return isEnough ? end(status === 'FAILED' ? 'FAILED' : 'DENIED', source) : undefined;
  }
  it.missingCount = [];
  endInTime(it, at, rules, end);
}

function endInTime(it: Modelled, at: number, { editMs }: MissingRules, end: End): void {
  if (at - it.sentAt >= editMs) end('UNKNOWN', 'indeterminate');
}

/** Whether it counts: not if it may have the same cause as the one before. */
function miss(it: Modelled, at: number, { confirmDelayMs }: MissingRules): boolean {
  const last = it.missingCount.at(-1);
  if (last !== undefined && at - last < confirmDelayMs) return false;
  it.missingCount.push(at);
  return true;
}

interface Heard<E extends StatusReported | Removed = StatusReported> {
  readonly about: MessageReference;
  readonly evidence: E;
}

/** All deliveries of a tracker, and the events that came before their message was known. */
export class LedgerModel {
  /** In the order in which tracking began. */
  readonly deliveries: Modelled[] = [];
  /** In the order in which their MessageIds became known. */
  readonly #named: Modelled[] = [];
  readonly settled: Modelled[] = [];
  readonly rules: MissingRules;
  readonly keepSettled: number;
  readonly #bearers: Set<string>;
  #early: Heard[] = [];
  /** Removals of messages that are not known yet. */
  #removals: Heard<Removed>[] = [];
  readonly #edits = new Map<number, number>();
  /** Also the forgotten ones. */
  readonly #editsEver: Modelled[] = [];
  /** The contents of PENDING events about edits. */
  #shown: { readonly about: MessageReference; readonly at: number }[] = [];
  /** Edits whose own event came after their end. */
  readonly #told = new Set<Modelled>();

  constructor(rules: MissingRules, keepSettled: number, bearer: string) {
    this.rules = rules;
    this.keepSettled = keepSettled;
    this.#bearers = new Set([bearer]);
  }

  add(of: NewDelivery, said?: StatusReported): Modelled {
    const { messageId, subChannelId, at: sentAt, missingMeansDenied } = of;
    const status = messageId === undefined ? 'SENDING' : 'PENDING';
    const isTaken = this.deliveries.some(({ id }) => id === of.id);
    const it: Modelled = {
      of,
      id: isTaken ? undefined : of.id,
      status,
      why: undefined,
      messageId,
      subChannelId,
      sentAt,
      settledAt: undefined,
      polls: 0,
      missingCount: [],
      seen: false,
      missingMeansDenied,
    };
    this.#bearers.add(of.chimeBearer);
    this.deliveries.push(it);
    if (said !== undefined) learn(it, said, this.rules);
    if (messageId !== undefined) this.#name(it, sentAt);
    this.#keep(it);
    return it;
  }

  tell(it: Modelled, evidence: Evidence): void {
    if (!this.deliveries.includes(it)) return;
    const { messageId } = it;
    learn(it, this.#hasEdits(it) ? unlessOfAnEdit(evidence) : evidence, this.rules);
    if (it.messageId !== undefined && messageId === undefined) this.#name(it, evidence.at);
    this.#keep(it);
  }

  /** The delivery that an event is about, if it is known; otherwise the event is kept. */
  hear(about: MessageReference, evidence: StatusReported): Modelled | undefined {
    const { at } = evidence;
    if (about.eventDigest !== undefined) {
      const before = this.#edits.get(about.eventDigest);
      if (before !== undefined && at - before < 5_000) return undefined;
      this.#edits.set(about.eventDigest, at);
    }
    if (about.isEdit === true && evidence.status === 'PENDING' && about.contentDigest !== undefined) {
      const isSame = (one: MessageReference): boolean =>
        isSameMessage(one, about) && one.contentDigest === about.contentDigest;
      this.#shown = [...this.#shown.filter((one) => !isSame(one.about)), { about, at }];
    }
    const candidates = this.#named.filter((it) => concerns(about, it));
    const it =
      about.isEdit === true
        ? this.#editOf(candidates, about, evidence)
        : latestOfFirst(candidates.filter((one) => !isEdit(one)));
    if (it !== undefined) this.tell(it, evidence);
    else if (!isCopy(candidates, about, evidence)) this.#remember({ about, evidence });
    return it;
  }

  #editOf(candidates: readonly Modelled[], about: MessageReference, evidence: StatusReported): Modelled | undefined {
    const untold = candidates.filter((one) => !this.#told.has(one));
    const late = evidence.status === 'PENDING' ? undefined : lateMeant(untold, about, evidence);
    if (late !== undefined) this.#told.add(late);
    const meant = late ?? editMeant(candidates, about);
    return late === undefined && meant !== undefined && this.#mayBeAnothers(meant, about) ? undefined : meant;
  }

  /** Whether an event without content may be about an edit that is not tracked. */
  #mayBeAnothers(it: Modelled, about: MessageReference): boolean {
    if (about.contentDigest !== undefined) return false;
    const edits = new Set([it, ...this.#editsOf(it)]);
    const own = new Set([...edits].map(({ of }) => of.contentDigest));
    const unnamed = [...edits].filter(({ of }) => of.contentDigest === undefined).length;
    const others = this.#shown.filter(
      (one) => isSameMessage(one.about, about) && !own.has(one.about.contentDigest) && one.at >= it.sentAt - 60_000,
    );
    return others.length > unnamed;
  }

  /** The edits of the message that it is, or edits. */
  #editsOf(it: Modelled): Modelled[] {
    return this.#editsEver.filter(
      (other) =>
        other.messageId === it.messageId &&
        other.of.channelArn === it.of.channelArn &&
        other.of.chimeBearer === it.of.chimeBearer,
    );
  }

  /** The deliveries that a removal is about: all that may match, whichever sender it has. */
  remove(
    { channelArn, messageId }: Pick<MessageReference, 'channelArn'> & { messageId: string | undefined },
    at: number,
  ): Modelled[] {
    if (messageId === undefined) {
      return this.deliveries.filter(({ of, settledAt }) => of.channelArn === channelArn && settledAt === undefined);
    }
    const about = { messageId, channelArn, sender: undefined, isEdit: false };
    const meant = this.#named.filter((it) => concerns(about, it));
    const isKnown = this.#removals.some((one) => isSameMessage(one.about, about));
    if (meant.length === 0 && !isKnown) this.#removals.push({ about, evidence: { kind: 'removed', at } });
    return meant;
  }

  find(name: string, { operation, channelArn, chimeBearer }: DeliveryQuery): Modelled | undefined {
    const fits = (it: Modelled): boolean =>
      (channelArn ?? it.of.channelArn) === it.of.channelArn &&
      (chimeBearer ?? it.of.chimeBearer) === it.of.chimeBearer &&
      (operation === undefined || isEdit(it) === (operation === 'update'));
    const byId = this.deliveries.find((it) => it.id === name && fits(it));
    const ofMessage = this.#named.filter((it) => it.messageId === name && fits(it));
    return byId ?? (operation === 'update' ? ofMessage.at(-1) : latestOfFirst(ofMessage.filter((it) => !isEdit(it))));
  }

  forget(it: Modelled): void {
    for (const list of [this.deliveries, this.#named, this.settled]) {
      if (list.includes(it)) list.splice(list.indexOf(it), 1);
    }
  }

  #hasEdits(it: Modelled): boolean {
    // The app need not have named the sub-channel of an edit.
    return !isEdit(it) && it.messageId !== undefined && this.#editsOf(it).length > 0;
  }

  #remember(events: Heard): void {
    const { about, evidence } = events;
    if (about.sender === undefined || !this.#bearers.has(about.sender)) return;
    if (evidence.status === 'PENDING') return;
    this.#early = this.#early.filter((one) => evidence.at - one.evidence.at <= 60_000);
    const ofMessage = this.#early.filter((one) => isSameMessage(one.about, about));
    const isSame = (one: Heard): boolean =>
      one.about.isEdit !== true && one.about.sender === about.sender && one.about.subChannelId === about.subChannelId;
    // The first event about a message counts, and each about its edits.
    if ((about.isEdit !== true && ofMessage.some(isSame)) || ofMessage.length >= 8) return;
    this.#early.push(events);
  }

  /** Its MessageId has become known, and maybe an event about it came before. */
  #name(it: Modelled, at: number): void {
    if (!this.#named.includes(it)) this.#named.push(it);
    if (isEdit(it) && !this.#editsEver.includes(it)) this.#editsEver.push(it);
    const removal = isEdit(it) ? undefined : this.#removals.find(({ about }) => concerns(about, it));
    if (removal !== undefined && it.settledAt === undefined) {
      this.#removals = this.#removals.filter((one) => one !== removal);
      it.missingMeansDenied = false;
    }
    // An edit event may come before `track` is called for it, but not long before, and not with different content.
    const begunAt = it.sentAt - 2_000;
    const events = this.#early.find(({ about, evidence }) => {
      const fits = concerns(about, it) && (about.isEdit === true) === isEdit(it) && at - evidence.at <= 60_000;
      if (!fits || !isEdit(it)) return fits;
      if (evidence.at < begunAt || !mayHaveContent(it, about.contentDigest)) return false;
      const wasPending = (other: Modelled): boolean =>
        other !== it && other.sentAt - 2_000 <= evidence.at && (other.settledAt ?? evidence.at) >= evidence.at;
      if (about.contentDigest === undefined && this.#editsOf(it).some(wasPending)) return false;
      return !this.#mayBeAnothers(it, about);
    });
    if (events === undefined || it.settledAt !== undefined) return;
    this.#early = this.#early.filter((one) => one !== events);
    learn(it, { ...events.evidence, at }, this.rules);
  }

  #keep(it: Modelled): void {
    if (it.settledAt === undefined || this.settled.includes(it)) return;
    this.settled.push(it);
    const [oldest] = this.settled;
    if (this.settled.length > this.keepSettled && oldest !== undefined) this.forget(oldest);
  }
}

/** If a message has edits, a FAILED or DENIED read of it may be about one of them. */
function unlessOfAnEdit(evidence: Evidence): Evidence {
  const isRead = evidence.kind === 'status' && ['status', 'list', 'prefetch'].includes(evidence.source);
  const isBad = isRead && (evidence.status === 'FAILED' || evidence.status === 'DENIED');
  return isBad ? { ...evidence, kind: 'present' } : evidence;
}

/**
 * The open edit that an event is about: the one with its content, or else the oldest one whose content is not known. An
 * event without content is about the only open edit, or about the oldest if not all contents are known. Otherwise a
 * read decides.
 */
function editMeant(edits: readonly Modelled[], { contentDigest }: MessageReference): Modelled | undefined {
  const open = edits.filter((it) => isEdit(it) && it.settledAt === undefined);
  const unknown = open.filter((it) => it.of.contentDigest === undefined);
  if (contentDigest === undefined) return open.length === 1 || unknown.length > 0 ? open[0] : undefined;
  return open.find((it) => it.of.contentDigest === contentDigest) ?? unknown[0];
}

/** The edit that another source has settled just before, and whose own event this may be. */
function lateMeant(
  edits: readonly Modelled[],
  { contentDigest }: MessageReference,
  { status, at }: StatusReported,
): Modelled | undefined {
  return edits.find(
    (it) =>
      isEdit(it) &&
      it.status !== 'UNKNOWN' &&
      it.why !== 'websocket' &&
      at - (it.settledAt ?? -Infinity) <= 60_000 &&
      (it.status === status || (it.status === 'DENIED' && status === 'FAILED')) &&
      mayHaveContent(it, contentDigest),
  );
}

function mayHaveContent(it: Modelled, contentDigest: number | undefined): boolean {
  return (contentDigest ?? it.of.contentDigest) === (it.of.contentDigest ?? contentDigest);
}

/** Maybe a copy of the event that has just settled an edit, without a distinguishing field. */
function isCopy(candidates: readonly Modelled[], about: MessageReference, evidence: StatusReported): boolean {
  if (about.isEdit !== true || about.eventDigest !== undefined) return false;
  return candidates.some(
    ({ status, why, settledAt = -Infinity }) =>
      status === evidence.status && why === 'websocket' && evidence.at - settledAt < 5_000,
  );
}

function isSameMessage(a: MessageReference, b: MessageReference): boolean {
  return a.messageId === b.messageId && a.channelArn === b.channelArn;
}

/** Every field of an event must match. */
function concerns(
  { messageId, channelArn, sender, subChannelId, isEdit: edits }: MessageReference,
  it: Modelled,
): boolean {
  if (messageId !== it.messageId || channelArn !== it.of.channelArn) return false;
  if ((sender ?? it.of.chimeBearer) !== it.of.chimeBearer) return false;
  if ((subChannelId ?? it.subChannelId) !== it.subChannelId) return false;
  return edits === undefined || edits === isEdit(it);
}

/** The last one with the identity of the first: a retry may have the MessageId of what it sends again. */
function latestOfFirst(creates: readonly Modelled[]): Modelled | undefined {
  const [first] = creates;
  return creates.findLast(
    ({ of, subChannelId }) =>
      of.channelArn === first?.of.channelArn &&
      of.chimeBearer === first.of.chimeBearer &&
      subChannelId === first.subChannelId,
  );
}
