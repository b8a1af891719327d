/**
 * Every delivery of one tracker: found by our id or by Chime's MessageId, changed by evidence through `decide`.
 * It also keeps what was heard of messages whose own send is not answered yet, and forgets the oldest settled ones.
 * It starts nothing and tells nobody: `pipeline.ts` feeds it and passes on what it returns.
 */
import { decide, type MissingRules } from './decide.ts';
import { EarlyOutcomes } from './early-outcomes.ts';
import { Entry } from './entry.ts';
import type { Evidence, Said } from './evidence.ts';
import { firstKnown, type Known, type NewDelivery } from './known.ts';
import { isTerminal } from './message.ts';

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

export interface MessageKey {
  readonly messageId: string;
  readonly channelArn: string;
  /** Who sent it, where that was said. */
  readonly sender: string | undefined;
  /** An edit, not a new message. Undefined where that was not said. */
  readonly update: boolean | undefined;
}

/** Senders whose events are kept although their messages are not known yet. */
const MAX_BEARERS = 10_000;

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  /** Settled deliveries, oldest first. */
  readonly #settled = new Set<Entry>();
  readonly #early = new EarlyOutcomes();
  readonly #bearers = new Set<string>();
  readonly #rules: MissingRules;
  readonly #keepSettled: number;
  #size = 0;

  constructor(rules: MissingRules, keepSettled: number) {
    this.#rules = rules;
    this.#keepSettled = keepSettled;
  }

  /** Deliveries without a terminal status. */
  get pending(): number {
    return this.#size - this.#settled.size;
  }

  /** Messages of this bearer may become ours: what is heard of them early is kept. */
  expect(chimeBearer: string): void {
    // The latest last, so that a service of very many users forgets those who have long been silent.
    this.#bearers.delete(chimeBearer);
    this.#bearers.add(chimeBearer);
    for (const silent of this.#bearers) {
      if (this.#bearers.size <= MAX_BEARERS) break;
      this.#bearers.delete(silent);
    }
  }

  find(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  *entries(): Generator<Entry> {
    for (const [key, entry] of this.#entries) if (key === entry.known.id) yield entry;
  }

  *open(): Generator<Entry> {
    for (const entry of this.entries()) if (!isTerminal(entry.known.status)) yield entry;
  }

  /** Begins to track a delivery, with what the app itself knows of it. */
  add(delivery: NewDelivery, evidence?: Said): Change {
    let known = firstKnown(delivery);
    if (evidence !== undefined) known = decide(known, evidence, this.#rules);
    const entry = new Entry(known);
    this.expect(delivery.chimeBearer);
    this.#entries.set(delivery.id, entry);
    this.#size += 1;
    if (delivery.messageId !== undefined) {
      // A send of an earlier life has an id of its own beside the service's.
      this.#entries.set(delivery.messageId, entry);
      entry.known = this.#withEarly(known, delivery.at);
    }
    this.#settleIfDone(entry);
    return { entry, before: undefined, after: entry.known };
  }

  apply(report: Report): Change | undefined {
    const entry = 'entry' in report ? report.entry : this.#entryOf(report.message, report.evidence);
    // A delivery that was forgotten may still have an answer under way.
    if (entry === undefined || this.#entries.get(entry.known.id) !== entry) return undefined;
    const before = entry.known;
    let after = decide(before, report.evidence, this.#rules);
    if (after === before) return undefined;
    if (before.messageId === undefined && after.messageId !== undefined) {
      // The service may answer a repeated token with a message that is already tracked by its id: both entries stay.
      if (!this.#entries.has(after.messageId)) this.#entries.set(after.messageId, entry);
      after = this.#withEarly(after, report.evidence.at);
    }
    entry.known = after;
    this.#settleIfDone(entry);
    return { entry, before, after };
  }

  remove(entry: Entry): void {
    const { id, messageId } = entry.known;
    if (this.#entries.get(id) !== entry) return;
    this.#entries.delete(id);
    if (messageId !== undefined && this.#entries.get(messageId) === entry) this.#entries.delete(messageId);
    this.#settled.delete(entry);
    this.#size -= 1;
  }

  #entryOf(message: MessageKey, evidence: Said): Entry | undefined {
    const entry = this.#entries.get(message.messageId);
    if (entry === undefined) {
      if (message.sender !== undefined && this.#bearers.has(message.sender)) this.#early.remember(message, evidence);
      return undefined;
    }
    return isAbout(entry.known, message) ? entry : undefined;
  }

  #withEarly(known: Known, at: number): Known {
    const heard = this.#early.take(known.messageId ?? '', at, known.update);
    if (heard === undefined || !isAbout(known, heard.message)) return known;
    return decide(known, { ...heard.evidence, at }, this.#rules);
  }

  #settleIfDone(entry: Entry): void {
    if (!isTerminal(entry.known.status) || this.#settled.has(entry)) return;
    this.#settled.add(entry);
    if (this.#settled.size <= this.#keepSettled) return;
    for (const oldest of this.#settled) {
      this.remove(oldest);
      break;
    }
  }
}

/** An id alone is not enough: what is said of another channel, sender or edit is not about this delivery. */
function isAbout(known: Known, { channelArn, sender, update }: MessageKey): boolean {
  if (known.channelArn !== channelArn) return false;
  if (sender !== undefined && sender !== known.chimeBearer) return false;
  return update === undefined || update === known.update;
}
