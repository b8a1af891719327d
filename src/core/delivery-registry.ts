/**
 * Every delivery of one tracker: found by its identity, by our id or by Chime's MessageId, and changed by evidence
 * through `reduce`. It also keeps what was heard of messages whose own send is not answered yet, and forgets the oldest
 * settled ones. It starts nothing and tells nobody: `pipeline.ts` feeds it and passes on what it returns.
 */
import { v4 as uuid } from 'uuid';
import { believableAt, reduce, type MissingRules } from './reduce.ts';
import { EarlyEventBuffer, type BufferedEvent } from './early-event-buffer.ts';
import { EditEventDeduplicator } from './edit-event-deduplicator.ts';
import { EditGroups } from './edit-groups.ts';
import { TrackedDelivery } from './delivery.ts';
import type { Evidence, StatusReported } from './evidence.ts';
import { isSameAddress, type MessageAddress, type MessageIdentity, type MessageReference } from './identity.ts';

import { createRecord, type DeliveryRecord, type NewDelivery } from './delivery-record.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import { findCreate, findEdit, matches, mayBeCopy, mayHaveContent, findSettledEdit } from './match-event.ts';
import { isTerminal } from './status.ts';
import { NameIndex } from './name-index.ts';
import { ReadLag } from './read-lag.ts';

export type { MessageReference as MessageKey } from './identity.ts';

/** One step in the life of a delivery. */
export interface Transition {
  readonly delivery: TrackedDelivery;
  /** Undefined when tracking begins. */
  readonly before: DeliveryRecord | undefined;
  readonly after: DeliveryRecord;
}

/** Evidence, and whom it is about: a delivery, or a message that may be nobody's or nobody's yet. */
export type EvidenceReport =
  | { readonly delivery: TrackedDelivery; readonly evidence: Evidence }
  | { readonly message: MessageReference; readonly evidence: StatusReported };

/** Which of the deliveries that share a name is meant. */
export interface DeliveryQuery {
  readonly operation?: 'create' | 'update' | undefined;
  readonly channelArn?: string | undefined;
  readonly chimeBearer?: string | undefined;
}

/** Evidence that shows the status of a message, and not that of one operation on it. */
const readSources: ReadonlySet<string> = new Set(['status', 'list', 'prefetch']);

/** Senders whose events are kept although their messages are not known yet. */
const MAX_BEARERS = 10_000;
/** Channels that are remembered as deleted. */
const MAX_CHANNELS = 1_000;
/** An event about an edit may come so long before `track` is called for that edit; an older one is another edit's. */
const EARLY_EDIT_MS = 2_000;

export class DeliveryRegistry {
  readonly #index = new NameIndex();
  /** Settled deliveries, oldest first. */
  readonly #settled = new LinkedMap<TrackedDelivery, undefined>();
  readonly #earlyEvents = new EarlyEventBuffer();
  readonly #removals = new EarlyEventBuffer();
  readonly #edits = new EditGroups();
  readonly #editEvents = new EditEventDeduplicator();
  /** Edits that were settled before their own event came, and have been told of by it. */
  readonly #confirmedEdits = new WeakSet<TrackedDelivery>();
  readonly #bearers = new LinkedMap<string, undefined>();
  readonly #deletedChannels = new LinkedMap<string, undefined>();
  #added = 0;
  #changed: Set<TrackedDelivery> | undefined;
  readonly #rules: MissingRules;
  readonly #readLag: ReadLag;
  readonly #keepSettled: number;

  constructor(rules: MissingRules, keepSettled: number) {
    this.#rules = rules;
    this.#readLag = new ReadLag(rules.unseenMs);
    this.#keepSettled = keepSettled;
  }

  /** Deliveries without a terminal status. */
  get pendingCount(): number {
    return this.#index.size - this.#settled.size;
  }

  /** When a missing status is believed: the rules, and what was learnt of this app's messages. */
  get rules(): MissingRules {
    const { unseenMs } = this.#readLag;
    return unseenMs === this.#rules.unseenMs ? this.#rules : { ...this.#rules, unseenMs };
  }

  /** When a missing status of this delivery may be believed at the earliest. */
  believableAt({ record }: TrackedDelivery): number {
    return believableAt(record, this.rules);
  }

  /** Messages of this bearer may become ours: what is heard of them early is kept. */
  watchSender(chimeBearer: string): void {
    // The latest last, so that a service of very many users forgets those who have long been silent.
    this.#bearers.set(chimeBearer, undefined);
    this.#bearers.keepNewest(MAX_BEARERS);
  }

  /** The delivery that an app means by our id, or by Chime's MessageId: then the message itself, or its latest edit. */
  find(name: string, { operation, channelArn, chimeBearer }: DeliveryQuery = {}): TrackedDelivery | undefined {
    const meant = this.#index.all(name).filter(({ record }) => {
      if (channelArn !== undefined && record.channelArn !== channelArn) return false;
      if (chimeBearer !== undefined && record.chimeBearer !== chimeBearer) return false;
      return operation === undefined || record.isEdit === (operation === 'update');
    });
    const byId = meant.find(({ record }) => record.id === name);
    if (byId !== undefined) return byId;
    const ofMessage = meant.filter(({ record }) => record.messageId === name);
    return operation === 'update' ? ofMessage.at(-1) : ofMessage.find(({ record }) => !record.isEdit);
  }

  /** The delivery of this very message, and not of an edit of it. */
  findMessage(messageId: string, address: MessageAddress): TrackedDelivery | undefined {
    return this.#index
      .all(messageId)
      .find(({ record }) => !record.isEdit && record.messageId === messageId && isSameAddress(record, address));
  }

  /** The delivery of the message that this token sends. One that the service has refused may be sent again. */
  findSend(token: string, address: MessageAddress): TrackedDelivery | undefined {
    const isMeant = ({ record }: TrackedDelivery): boolean =>
      record.token === token && record.evidence !== 'rejected' && isSameAddress(record, address);
    return this.#index.all(token).findLast(isMeant);
  }

  /** The delivery that a record of an earlier life is of, where it is tracked already. */
  findRestored(
    record: MessageIdentity & { readonly id: string; readonly token: string | undefined },
  ): TrackedDelivery | undefined {
    const { id, token, messageId, isEdit } = record;
    // An edit has nothing that names it but the id that it was given.
    if (isEdit)
      return this.#index
        .all(id)
        .find(
          ({ record: deliveryRecord }) =>
            deliveryRecord.isEdit && deliveryRecord.id === id && isSameAddress(deliveryRecord, record),
        );
    const sent = token === undefined ? undefined : this.findSend(token, record);
    return sent ?? (messageId === undefined ? undefined : this.findMessage(messageId, record));
  }

  /** Edits of one message, in the order in which they were made; also those that were forgotten lately. */
  editsOf(message: Omit<MessageIdentity, 'isEdit'>): readonly TrackedDelivery[] {
    return this.#edits.of(message);
  }

  /** Whether `entry` is tracked still. */
  has(delivery: TrackedDelivery): boolean {
    return this.#index.has(delivery);
  }

  deliveries(): Iterable<TrackedDelivery> {
    return this.#index;
  }

  /**
   * Those that were added, changed or removed since the last call. Undefined where that is unknown: at the first call, and
   * where it is so many that a reader had better read all.
   */
  takeChanged(): ReadonlySet<TrackedDelivery> | undefined {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  *pending(): Generator<TrackedDelivery> {
    for (const delivery of this.#index) if (!isTerminal(delivery.record.status)) yield delivery;
  }

  /** Begins to track a delivery, with what the app itself knows of it. Its id is another one where that is taken. */
  add(delivery: NewDelivery, evidence?: StatusReported): Transition {
    const { id: wanted } = delivery;
    const isFree = wanted !== undefined && !this.#index.all(wanted).some(({ record }) => record.id === wanted);
    let record = createRecord({ ...delivery, id: isFree ? wanted : uuid() });
    if (evidence !== undefined) record = reduce(record, evidence, this.rules);
    const tracked = new TrackedDelivery(record, this.#added);
    this.#added += 1;
    this.#note(tracked);
    this.watchSender(delivery.chimeBearer);
    this.#index.add(tracked);
    if (record.isEdit && record.messageId !== undefined) this.#addEdit(tracked);
    if (record.messageId !== undefined) tracked.record = this.#applyEarly(record, delivery.at);
    this.#settleIfDone(tracked);
    return { delivery: tracked, before: undefined, after: tracked.record };
  }

  apply(report: EvidenceReport): Transition | undefined {
    const delivery = 'delivery' in report ? report.delivery : this.#resolveTarget(report.message, report.evidence);
    // A delivery that was forgotten may still have an answer under way.
    if (delivery === undefined || !this.#index.has(delivery)) return undefined;
    const before = delivery.record;
    let after = reduce(before, this.#evidenceForMessage(delivery, report.evidence), this.rules);
    if (after === before) return undefined;
    const isNamed = before.messageId === undefined && after.messageId !== undefined;
    if (isNamed) after = this.#applyEarly(after, report.evidence.at);
    this.#observeReadLag(before, after, report.evidence);
    delivery.record = after;
    this.#note(delivery);
    if (isNamed) this.#index.rename(delivery, before);
    if (isNamed && after.isEdit) this.#addEdit(delivery);
    this.#settleIfDone(delivery);
    return { delivery, before, after };
  }

  remove(delivery: TrackedDelivery): void {
    this.#note(delivery);
    this.#index.delete(delivery);
    this.#settled.delete(delivery);
  }

  /**
   * A message, or every message of a channel, was deleted or redacted.
   *
   * @returns the open deliveries whose absence proves nothing any more; what is not known yet is remembered
   */
  removed(
    { channelArn, message }: { readonly channelArn: string; readonly message: MessageReference | undefined },
    at: number,
  ): TrackedDelivery[] {
    if (message === undefined) {
      this.#deletedChannels.set(channelArn, undefined);
      this.#deletedChannels.keepNewest(MAX_CHANNELS);
      return [...this.pending()].filter(({ record }) => record.channelArn === channelArn);
    }
    // Whoever removed it may be named instead of its sender: what only forbids a conclusion goes to all that it may be about.
    const named = { messageId: message.messageId, channelArn, sender: undefined, isEdit: false };
    const meant = this.#index.all(message.messageId).filter(({ record }) => matches(record, named));
    if (meant.length === 0) this.#removals.add(named, { kind: 'removed', at });
    return meant;
  }

  /** Whether this channel was deleted: the absence of a message that was sent before proves nothing. */
  isDeleted(channelArn: string): boolean {
    return this.#deletedChannels.has(channelArn);
  }

  #note(delivery: TrackedDelivery): void {
    if (this.#changed === undefined) return;
    this.#changed.add(delivery);
    if (this.#changed.size * 2 > this.#index.size) this.#changed = undefined;
  }

  #resolveTarget(message: MessageReference, evidence: StatusReported): TrackedDelivery | undefined {
    const { messageId, eventDigest, sender } = message;
    if (eventDigest !== undefined && !this.#editEvents.isFirst(eventDigest, evidence.at)) return undefined;
    const candidates = this.#index.all(messageId);
    const delivery = message.isEdit === true ? this.#resolveEdit(message, evidence) : findCreate(candidates, message);
    if (delivery !== undefined || sender === undefined || !this.#bearers.has(sender)) return delivery;
    const isUnsigned = message.isEdit === true && eventDigest === undefined;
    if (!isUnsigned || !mayBeCopy(candidates, message, evidence.status, evidence.at))
      this.#earlyEvents.add(message, evidence);
    return undefined;
  }

  #addEdit(edit: TrackedDelivery): void {
    const { messageId = '' } = edit.record;
    this.#edits.add(edit);
    const create = this.findMessage(messageId, edit.record);
    if (create !== undefined) create.hasEdits = true;
  }

  #resolveEdit(message: MessageReference, evidence: StatusReported): TrackedDelivery | undefined {
    const candidates = this.#index.all(message.messageId);
    const untold = candidates.filter((delivery) => !this.#confirmedEdits.has(delivery));
    const told = evidence.status === 'PENDING' ? undefined : findSettledEdit(untold, message, evidence);
    if (told === undefined) return findEdit(candidates, message);
    // Its own event comes once: the next one is another edit's.
    this.#confirmedEdits.add(told);
    return told;
  }

  /** What a read of a message with edits says of the message: a status that is not SENT may be an edit's (unknown). */
  #evidenceForMessage({ record, hasEdits: edited }: TrackedDelivery, evidence: Evidence): Evidence {
    const isRead = evidence.kind === 'status' && readSources.has(evidence.source);
    if (!isRead || record.isEdit || (evidence.status !== 'FAILED' && evidence.status !== 'DENIED')) return evidence;
    const { messageId = '' } = record;
    const hasEdits = edited || this.editsOf({ ...record, messageId }).length > 0;
    return hasEdits ? { ...evidence, kind: 'present' } : evidence;
  }

  #applyEarly(record: DeliveryRecord, at: number): DeliveryRecord {
    let after = record;
    const { channelArn, messageId = '', isEdit, sentAt } = record;
    // Where it is not known when the edit began, it was a moment before it is tracked.
    const begunAt = sentAt < at ? sentAt : at - EARLY_EDIT_MS;
    const fits = ({ message, evidence }: BufferedEvent): boolean =>
      matches(record, message) &&
      (message.isEdit ?? false) === isEdit &&
      (!isEdit || (evidence.at >= begunAt && mayHaveContent(record, message)));
    for (const events of [this.#removals, this.#earlyEvents]) {
      const statuses = isTerminal(after.status) ? undefined : events.take({ channelArn, messageId }, at, fits);
      if (statuses !== undefined) after = reduce(after, { ...statuses.evidence, at }, this.rules);
    }
    return after;
  }

  /** Only of what the tracker has sent is it known when that was. */
  #observeReadLag(before: DeliveryRecord, after: DeliveryRecord, { kind, at }: Evidence): void {
    if (before.seen || !after.seen || before.isEdit || before.token === undefined) return;
    if (kind === 'status' || kind === 'present') {
      if (after.pollCount > before.pollCount) this.#readLag.observe(at - before.sentAt, before.pollCount === 0);
    }
  }

  #settleIfDone(delivery: TrackedDelivery): void {
    if (!isTerminal(delivery.record.status) || this.#settled.has(delivery)) return;
    this.#settled.set(delivery, undefined);
    const { oldest } = this.#settled;
    if (oldest !== undefined && this.#settled.size > this.#keepSettled) this.remove(oldest.key);
  }
}
