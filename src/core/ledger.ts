/**
 * Every delivery of one tracker: found by its identity, by our id or by Chime's MessageId, and changed by evidence through
 * `decide`. It also keeps what was heard of messages whose own send is not answered yet, and forgets the oldest settled
 * ones. It starts nothing and tells nobody: `pipeline.ts` feeds it and passes on what it returns.
 */
import { v4 as uuid } from 'uuid';
import { believableAt, decide, type MissingRules } from './decide.ts';
import { EarlyOutcomes, type Heard } from './early-outcomes.ts';
import { EditEvents } from './edit-events.ts';
import { EditGroups } from './edit-groups.ts';
import { Entry } from './entry.ts';
import type { Evidence, Said } from './evidence.ts';
import { isSameAddress, type MessageAddress, type MessageIdentity, type MessageKey } from './identity.ts';

import { firstKnown, type Known, type NewDelivery } from './known.ts';
import { LinkedMap } from './linked-map.ts';
import { createMeant, editMeant, isAbout, mayBeCopy, mayHaveContent, settledMeant } from './match-event.ts';
import { isTerminal } from './message.ts';
import { Names } from './names.ts';
import { ReadLag } from './read-lag.ts';

export type { MessageKey } from './identity.ts';

/** One step in the life of a delivery. */
export interface Change {
  readonly entry: Entry;
  /** Undefined when tracking begins. */
  readonly before: Known | undefined;
  readonly after: Known;
}

/** Evidence, and whom it is about: an entry, or a message that may be nobody's or nobody's yet. */
export type Report =
  { readonly entry: Entry; readonly evidence: Evidence } | { readonly message: MessageKey; readonly evidence: Said };

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

export class Ledger {
  readonly #names = new Names();
  /** Settled deliveries, oldest first. */
  readonly #settled = new LinkedMap<Entry, undefined>();
  readonly #early = new EarlyOutcomes();
  readonly #removals = new EarlyOutcomes();
  readonly #edits = new EditGroups();
  readonly #editEvents = new EditEvents();
  /** Edits that were settled before their own event came, and have been told of by it. */
  readonly #toldEdits = new WeakSet<Entry>();
  readonly #bearers = new LinkedMap<string, undefined>();
  readonly #deletedChannels = new LinkedMap<string, undefined>();
  #added = 0;
  #changed: Set<Entry> | undefined;
  readonly #rules: MissingRules;
  readonly #readLag: ReadLag;
  readonly #keepSettled: number;

  constructor(rules: MissingRules, keepSettled: number) {
    this.#rules = rules;
    this.#readLag = new ReadLag(rules.unseenMs);
    this.#keepSettled = keepSettled;
  }

  /** Deliveries without a terminal status. */
  get pending(): number {
    return this.#names.size - this.#settled.size;
  }

  /** When a missing status is believed: the rules, and what was learnt of this app's messages. */
  get rules(): MissingRules {
    const { unseenMs } = this.#readLag;
    return unseenMs === this.#rules.unseenMs ? this.#rules : { ...this.#rules, unseenMs };
  }

  /** When a missing status of this delivery may be believed at the earliest. */
  believableAt({ known }: Entry): number {
    return believableAt(known, this.rules);
  }

  /** Messages of this bearer may become ours: what is heard of them early is kept. */
  expect(chimeBearer: string): void {
    // The latest last, so that a service of very many users forgets those who have long been silent.
    this.#bearers.set(chimeBearer, undefined);
    this.#bearers.keepNewest(MAX_BEARERS);
  }

  /** The delivery that an app means by our id, or by Chime's MessageId: then the message itself, or its latest edit. */
  find(name: string, { operation, channelArn, chimeBearer }: DeliveryQuery = {}): Entry | undefined {
    const meant = this.#names.all(name).filter(({ known }) => {
      if (channelArn !== undefined && known.channelArn !== channelArn) return false;
      if (chimeBearer !== undefined && known.chimeBearer !== chimeBearer) return false;
      return operation === undefined || known.update === (operation === 'update');
    });
    const byId = meant.find(({ known }) => known.id === name);
    if (byId !== undefined) return byId;
    const ofMessage = meant.filter(({ known }) => known.messageId === name);
    return operation === 'update' ? ofMessage.at(-1) : ofMessage.find(({ known }) => !known.update);
  }

  /** The delivery of this very message, and not of an edit of it. */
  findMessage(messageId: string, address: MessageAddress): Entry | undefined {
    return this.#names
      .all(messageId)
      .find(({ known }) => !known.update && known.messageId === messageId && isSameAddress(known, address));
  }

  /** The delivery of the message that this token sends. One that the service has refused may be sent again. */
  findSend(token: string, address: MessageAddress): Entry | undefined {
    const isMeant = ({ known }: Entry): boolean =>
      known.token === token && known.evidence !== 'rejected' && isSameAddress(known, address);
    return this.#names.all(token).findLast(isMeant);
  }

  /** The delivery that a record of an earlier life is of, where it is tracked already. */
  findAgain(record: MessageIdentity & { readonly id: string; readonly token: string | undefined }): Entry | undefined {
    const { id, token, messageId, update } = record;
    // An edit has nothing that names it but the id that it was given.
    if (update)
      return this.#names.all(id).find(({ known }) => known.update && known.id === id && isSameAddress(known, record));
    const sent = token === undefined ? undefined : this.findSend(token, record);
    return sent ?? (messageId === undefined ? undefined : this.findMessage(messageId, record));
  }

  /** Edits of one message, in the order in which they were made; also those that were forgotten lately. */
  editsOf(message: Omit<MessageIdentity, 'update'>): readonly Entry[] {
    return this.#edits.of(message);
  }

  /** Whether `entry` is tracked still. */
  has(entry: Entry): boolean {
    return this.#names.has(entry);
  }

  entries(): Iterable<Entry> {
    return this.#names;
  }

  /**
   * Those that were added, changed or removed since the last call. Undefined where that is unknown: at the first call, and
   * where it is so many that a reader had better read all.
   */
  takeChanged(): ReadonlySet<Entry> | undefined {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  *open(): Generator<Entry> {
    for (const entry of this.#names) if (!isTerminal(entry.known.status)) yield entry;
  }

  /** Begins to track a delivery, with what the app itself knows of it. Its id is another one where that is taken. */
  add(delivery: NewDelivery, evidence?: Said): Change {
    const { id: wanted } = delivery;
    const isFree = wanted !== undefined && !this.#names.all(wanted).some(({ known }) => known.id === wanted);
    let known = firstKnown({ ...delivery, id: isFree ? wanted : uuid() });
    if (evidence !== undefined) known = decide(known, evidence, this.rules);
    const entry = new Entry(known, this.#added);
    this.#added += 1;
    this.#note(entry);
    this.expect(delivery.chimeBearer);
    this.#names.add(entry);
    if (known.update && known.messageId !== undefined) this.#addEdit(entry);
    if (known.messageId !== undefined) entry.known = this.#withEarly(known, delivery.at);
    this.#settleIfDone(entry);
    return { entry, before: undefined, after: entry.known };
  }

  apply(report: Report): Change | undefined {
    const entry = 'entry' in report ? report.entry : this.#entryOf(report.message, report.evidence);
    // A delivery that was forgotten may still have an answer under way.
    if (entry === undefined || !this.#names.has(entry)) return undefined;
    const before = entry.known;
    let after = decide(before, this.#ofMessage(entry, report.evidence), this.rules);
    if (after === before) return undefined;
    const isNamed = before.messageId === undefined && after.messageId !== undefined;
    if (isNamed) after = this.#withEarly(after, report.evidence.at);
    this.#learnReadLag(before, after, report.evidence);
    entry.known = after;
    this.#note(entry);
    if (isNamed) this.#names.rename(entry, before);
    if (isNamed && after.update) this.#addEdit(entry);
    this.#settleIfDone(entry);
    return { entry, before, after };
  }

  remove(entry: Entry): void {
    this.#note(entry);
    this.#names.delete(entry);
    this.#settled.delete(entry);
  }

  /**
   * A message, or every message of a channel, was deleted or redacted.
   *
   * @returns the open deliveries whose absence proves nothing any more; what is not known yet is remembered
   */
  removed(
    { channelArn, message }: { readonly channelArn: string; readonly message: MessageKey | undefined },
    at: number,
  ): Entry[] {
    if (message === undefined) {
      this.#deletedChannels.set(channelArn, undefined);
      this.#deletedChannels.keepNewest(MAX_CHANNELS);
      return [...this.open()].filter(({ known }) => known.channelArn === channelArn);
    }
    // Whoever removed it may be named instead of its sender: what only forbids a conclusion goes to all that it may be about.
    const named = { messageId: message.messageId, channelArn, sender: undefined, update: false };
    const meant = this.#names.all(message.messageId).filter(({ known }) => isAbout(known, named));
    if (meant.length === 0) this.#removals.remember(named, { kind: 'removed', at });
    return meant;
  }

  /** Whether this channel was deleted: the absence of a message that was sent before proves nothing. */
  isDeleted(channelArn: string): boolean {
    return this.#deletedChannels.has(channelArn);
  }

  #note(entry: Entry): void {
    if (this.#changed === undefined) return;
    this.#changed.add(entry);
    if (this.#changed.size * 2 > this.#names.size) this.#changed = undefined;
  }

  #entryOf(message: MessageKey, evidence: Said): Entry | undefined {
    const { messageId, eventDigest, sender } = message;
    if (eventDigest !== undefined && !this.#editEvents.isFirst(eventDigest, evidence.at)) return undefined;
    const candidates = this.#names.all(messageId);
    const entry = message.update === true ? this.#editOf(message, evidence) : createMeant(candidates, message);
    if (entry !== undefined || sender === undefined || !this.#bearers.has(sender)) return entry;
    const isUnsigned = message.update === true && eventDigest === undefined;
    if (!isUnsigned || !mayBeCopy(candidates, message, evidence.status, evidence.at))
      this.#early.remember(message, evidence);
    return undefined;
  }

  #addEdit(edit: Entry): void {
    const { messageId = '' } = edit.known;
    this.#edits.add(edit);
    const create = this.findMessage(messageId, edit.known);
    if (create !== undefined) create.edited = true;
  }

  #editOf(message: MessageKey, evidence: Said): Entry | undefined {
    const candidates = this.#names.all(message.messageId);
    const untold = candidates.filter((entry) => !this.#toldEdits.has(entry));
    const told = evidence.status === 'PENDING' ? undefined : settledMeant(untold, message, evidence);
    if (told === undefined) return editMeant(candidates, message);
    // Its own event comes once: the next one is another edit's.
    this.#toldEdits.add(told);
    return told;
  }

  /** What a read of a message with edits says of the message: a status that is not SENT may be an edit's (unknown). */
  #ofMessage({ known, edited }: Entry, evidence: Evidence): Evidence {
    const isRead = evidence.kind === 'said' && readSources.has(evidence.source);
    if (!isRead || known.update || (evidence.status !== 'FAILED' && evidence.status !== 'DENIED')) return evidence;
    const { messageId = '' } = known;
    const hasEdits = edited || this.editsOf({ ...known, messageId }).length > 0;
    return hasEdits ? { ...evidence, kind: 'present' } : evidence;
  }

  #withEarly(known: Known, at: number): Known {
    let after = known;
    const { channelArn, messageId = '', update, sentAt } = known;
    // Where it is not known when the edit began, it was a moment before it is tracked.
    const begunAt = sentAt < at ? sentAt : at - EARLY_EDIT_MS;
    const fits = ({ message, evidence }: Heard): boolean =>
      isAbout(known, message) &&
      (message.update ?? false) === update &&
      (!update || (evidence.at >= begunAt && mayHaveContent(known, message)));
    for (const events of [this.#removals, this.#early]) {
      const heard = isTerminal(after.status) ? undefined : events.take({ channelArn, messageId }, at, fits);
      if (heard !== undefined) after = decide(after, { ...heard.evidence, at }, this.rules);
    }
    return after;
  }

  /** Only of what the tracker has sent is it known when that was. */
  #learnReadLag(before: Known, after: Known, { kind, at }: Evidence): void {
    if (before.seen || !after.seen || before.update || before.token === undefined) return;
    if (kind === 'said' || kind === 'present') {
      if (after.polls > before.polls) this.#readLag.observe(at - before.sentAt, before.polls === 0);
    }
  }

  #settleIfDone(entry: Entry): void {
    if (!isTerminal(entry.known.status) || this.#settled.has(entry)) return;
    this.#settled.set(entry, undefined);
    const { oldest } = this.#settled;
    if (oldest !== undefined && this.#settled.size > this.#keepSettled) this.remove(oldest.key);
  }
}
