/**
 * All deliveries of one tracker: finds them by identity, by `id` or by MessageId, and applies evidence to them with `reduce`.
 * It buffers events about messages whose send has no answer yet, and forgets the oldest settled deliveries. It starts nothing
 * and notifies no listener: `pipeline.ts` feeds it and passes on the transitions that it returns.
 */
import { newId } from '../shared/new-id.ts';
import { believableAt, reduce, type MissingRules } from './reduce.ts';
import { DeliveryIndex, type DeliveryQuery, type RestoredIdentity } from './delivery-index.ts';
import { EarlyEventBuffer, type BufferedEvent } from './early-event-buffer.ts';
import { EditMatcher } from './edit-matcher.ts';
import { TrackedDelivery } from './delivery.ts';
import type { EvidenceFact, TracePort } from './ports/trace.ts';
import type { Evidence, StatusReported } from './evidence.ts';
import type { MessageAddress, MessageIdentity, MessageReference } from './identity.ts';

import { createRecord, messageIdOf, type DeliveryRecord, type NewDelivery } from './delivery-record.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import { findCreate, matches, mayBeCopy } from './match-event.ts';
import { isTerminal } from './status.ts';
import { ReadLag } from './read-lag.ts';
import { RemovedMessages } from './removed-messages.ts';

/** A change of the record of a delivery. */
export interface Transition {
  readonly delivery: TrackedDelivery;
  /** Undefined when tracking begins. */
  readonly before: DeliveryRecord | undefined;
  readonly after: DeliveryRecord;
}

/** Evidence with its target: a delivery, or a message that may not be tracked, or not yet. */
export type EvidenceReport =
  | { readonly delivery: TrackedDelivery; readonly evidence: Evidence }
  | { readonly message: MessageReference; readonly evidence: StatusReported };

/** Sources that show the status of a message, rather than that of one operation on it. */
const readSources: ReadonlySet<string> = new Set(['status', 'list', 'prefetch']);

/** Senders whose events are buffered before their messages are tracked. */
const MAX_BEARERS = 10_000;
export class DeliveryRegistry {
  readonly #index = new DeliveryIndex();
  /** Settled deliveries, oldest first. */
  readonly #settled = new LinkedMap<TrackedDelivery, undefined>();
  readonly #earlyEvents = new EarlyEventBuffer();
  readonly #removed = new RemovedMessages();
  /** Has the edits of each message, and finds the one that an event is about. */
  readonly edits: EditMatcher = new EditMatcher();
  readonly #bearers = new LinkedMap<string, undefined>();
  #added = 0;
  #changed: Set<TrackedDelivery> | undefined;
  readonly #rules: MissingRules;
  readonly #readLag: ReadLag;
  readonly #keepSettled: number;
  readonly #trace: TracePort | undefined;

  constructor(rules: MissingRules, keepSettled: number, trace?: TracePort) {
    this.#trace = trace;
    this.#rules = rules;
    this.#readLag = new ReadLag(rules.unseenMs);
    this.#keepSettled = keepSettled;
  }

  /** Deliveries without a terminal status. */
  get pendingCount(): number {
    return this.#index.size - this.#settled.size;
  }

  /** The rules for a missing status, with the observed read lag. */
  get rules(): MissingRules {
    const { unseenMs } = this.#readLag;
    return unseenMs === this.#rules.unseenMs ? this.#rules : { ...this.#rules, unseenMs };
  }

  /** When a missing status of this delivery may be believed at the earliest. */
  believableAt({ record }: TrackedDelivery): number {
    return believableAt(record, this.rules);
  }

  /** Messages of this bearer may be tracked soon: their events are buffered until then. */
  watchSender(chimeBearer: string): void {
    // The latest last: with very many users, those that were silent for the longest are forgotten.
    this.#bearers.set(chimeBearer, undefined);
    this.#bearers.keepNewest(MAX_BEARERS);
  }

  /** The delivery with this id, else with this MessageId. */
  find(name: string, query?: DeliveryQuery): TrackedDelivery | undefined {
    return this.#index.find(name, query);
  }

  /** The delivery of the message itself, not of an edit. */
  findMessage(messageId: string, address: MessageAddress): TrackedDelivery | undefined {
    return this.#index.findMessage(messageId, address);
  }

  /** The delivery that is sent with this token. */
  findSend(token: string, address: MessageAddress): TrackedDelivery | undefined {
    return this.#index.findSend(token, address);
  }

  /** The delivery that a restored record belongs to, if it is tracked already. */
  findRestored(record: RestoredIdentity): TrackedDelivery | undefined {
    return this.#index.findRestored(record);
  }

  /** Whether the channel flow still processes the message of an edit, or another edit of it, as far as is known. */
  isProcessing(edit: TrackedDelivery): boolean {
    return this.#index.isProcessing(edit);
  }

  /** Edits of one message, in order, including those that were forgotten recently. */
  editsOf(message: Omit<MessageIdentity, 'isEdit'>): readonly TrackedDelivery[] {
    return this.edits.of(message);
  }

  /** Whether an event has told that an edit of the message with this content was applied, since `edit` began. */
  wasApplied(edit: DeliveryRecord, contentDigest: number | undefined): boolean {
    return this.edits.wasApplied(edit, contentDigest);
  }

  /** Whether `delivery` is still tracked. */
  has(delivery: TrackedDelivery): boolean {
    return this.#index.has(delivery);
  }

  deliveries(): Iterable<TrackedDelivery> {
    return this.#index;
  }

  /**
   * The deliveries that were added, changed or removed since the last call. Undefined at the first call, and if so many
   * changed that reading all is cheaper.
   */
  takeChanged(): ReadonlySet<TrackedDelivery> | undefined {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  *pending(): Generator<TrackedDelivery> {
    for (const delivery of this.#index) if (!isTerminal(delivery.record.status)) yield delivery;
  }

  /** Begins to track a delivery, with the status that the app knows. It gets another id if the wanted one is taken. */
  add(delivery: NewDelivery, evidence?: StatusReported): Transition {
    const { id: wanted } = delivery;
    const isFree = wanted !== undefined && !this.#index.all(wanted).some(({ record }) => record.id === wanted);
    let record = createRecord({ ...delivery, id: isFree ? wanted : newId() });
    if (evidence !== undefined) record = reduce(record, evidence, this.rules);
    const tracked = new TrackedDelivery(record, this.#added);
    this.#added += 1;
    this.#note(tracked);
    this.watchSender(delivery.chimeBearer);
    this.#index.add(tracked);
    if (record.isEdit) this.#addEdit(tracked);
    if (record.messageId !== undefined) tracked.record = this.#applyEarly(record, delivery.at);
    this.#settleIfDone(tracked);
    return { delivery: tracked, before: undefined, after: tracked.record };
  }

  apply(report: EvidenceReport): Transition | undefined {
    const delivery = 'delivery' in report ? report.delivery : this.#resolveTarget(report.message, report.evidence);
    // A response for a forgotten delivery may still arrive.
    if (delivery === undefined || !this.#index.has(delivery)) return undefined;
    const { evidence } = report;
    delivery.lastEvidence = evidence;
    this.#trace?.emit(() => describeEvidence(delivery, evidence));
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
   * Handles that a message, or all messages of a channel, were deleted or redacted. The removal of a message that is not
   * tracked yet is buffered.
   *
   * @returns the deliveries for which a missing status proves nothing any more
   */
  removed(
    { channelArn, message }: { readonly channelArn: string; readonly message: MessageReference | undefined },
    at: number,
  ): TrackedDelivery[] {
    if (message === undefined) {
      this.#removed.addChannel(channelArn);
      return [...this.pending()].filter(({ record }) => record.channelArn === channelArn);
    }
    // The event may name the remover as the sender, so that the sender is ignored: a removal only rules out DENIED.
    const target = { messageId: message.messageId, channelArn, sender: undefined, isEdit: false };
    const removed = this.#index.all(message.messageId).filter(({ record }) => matches(record, target));
    if (removed.length === 0) this.#removed.addMessage(target, at);
    return removed;
  }

  /** Whether this channel was deleted: a missing status of an earlier message then proves nothing. */
  isDeleted(channelArn: string): boolean {
    return this.#removed.hasChannel(channelArn);
  }

  #note(delivery: TrackedDelivery): void {
    if (this.#changed === undefined) return;
    this.#changed.add(delivery);
    if (this.#changed.size * 2 > this.#index.size) this.#changed = undefined;
  }

  #resolveTarget(message: MessageReference, evidence: StatusReported): TrackedDelivery | undefined {
    const { messageId, eventDigest, sender } = message;
    if (!this.edits.isFirst(message, evidence.at)) return undefined;
    const candidates = this.#index.all(messageId);
    const delivery =
      message.isEdit === true ? this.edits.resolve(candidates, message, evidence) : findCreate(candidates, message);
    if (delivery !== undefined || sender === undefined || !this.#bearers.has(sender)) return delivery;
    const hasNoDigest = message.isEdit === true && eventDigest === undefined;
    if (!hasNoDigest || !mayBeCopy(candidates, message, evidence.status, evidence.at))
      this.#earlyEvents.add(message, evidence);
    return undefined;
  }

  #addEdit(edit: TrackedDelivery): void {
    if (messageIdOf(edit.record) !== undefined) this.edits.add(edit);
    const { messageId } = edit.record;
    if (messageId === undefined) return;
    const create = this.#index.findMessageOf(edit);
    if (create === undefined) return;
    create.hasEdits = true;
    edit.message = create;
  }

  /** A read of a message with edits may show the status of an edit: FAILED or DENIED only proves that the message exists. */
  #evidenceForMessage({ record, hasEdits: edited }: TrackedDelivery, evidence: Evidence): Evidence {
    const isRead = evidence.kind === 'status' && readSources.has(evidence.source);
    if (!isRead || record.isEdit || (evidence.status !== 'FAILED' && evidence.status !== 'DENIED')) return evidence;
    const { messageId = '' } = record;
    // An edit that was refused has never been there, and one without an answer waits for the message where that is in its way.
    const mayBeThere = ({ record: { status, evidence: how } }: TrackedDelivery): boolean =>
      status !== 'SENDING' && how !== 'rejected';
    const hasEdits = edited || this.editsOf({ ...record, messageId }).some(mayBeThere);
    return hasEdits ? { ...evidence, kind: 'present' } : evidence;
  }

  #applyEarly(record: DeliveryRecord, at: number): DeliveryRecord {
    const { channelArn, messageId = '', isEdit } = record;
    if (isTerminal(record.status)) return record;
    const isAbout = (message: MessageReference): boolean =>
      matches(record, message) && (message.isEdit ?? false) === isEdit;
    const fits = ({ message, evidence }: BufferedEvent): boolean =>
      isAbout(message) && (!isEdit || this.edits.isAboutEarly(record, at, message, evidence));
    const removed = this.#removed.takeMessage({ channelArn, messageId }, at, isAbout);
    const outcome = this.#earlyEvents.take({ channelArn, messageId }, at, fits)?.evidence;
    const known = removed === undefined ? record : reduce(record, removed, this.rules);
    return outcome === undefined ? known : reduce(known, { ...outcome, at }, this.rules);
  }

  /** Only messages that the tracker has sent count: their send time is known. */
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

function describeEvidence({ record }: TrackedDelivery, evidence: Evidence): Omit<EvidenceFact, 'at'> {
  const fact = { kind: 'evidence', delivery: record.id, evidence: evidence.kind } as const;
  return evidence.kind === 'status' ? { ...fact, source: evidence.source, status: evidence.status } : fact;
}
