// What a tracker is to believe, written from the contract (DESIGN.md: the verdict table and the promises; README: what is
// said of edits) and not from the code: a model to hold the ledger and `decide` against.

import type { MissingRules } from '../../src/core/decide.ts';
import type { Evidence, Said } from '../../src/core/evidence.ts';
import type { MessageKey } from '../../src/core/ledger.ts';
import type { NewDelivery } from '../../src/core/known.ts';

export interface Modelled {
  readonly of: NewDelivery;
  status: string;
  /** The evidence of an outcome, or the reason of an UNKNOWN. */
  why: string | undefined;
  messageId: string | undefined;
  sentAt: number;
  settledAt: number | undefined;
  polls: number;
  /** When the misses in a row were counted. */
  misses: number[];
}

/** The table: what one piece of evidence makes of a delivery. */
export function learn(it: Modelled, evidence: Evidence, rules: MissingRules): void {
  const { kind, at, steadyAt = at } = evidence;
  const end = (status: string, why: string): void => void Object.assign(it, { status, why, settledAt: at });
  const miss = (secondWitness: boolean): void => {
    // Waits are by the clock that nobody sets, where it is known; where they would begin in the future, they begin now.
    it.sentAt = Math.min(it.sentAt, steadyAt);
    it.misses = it.misses.map((missedAt) => Math.min(missedAt, steadyAt));
    const last = it.misses.at(-1);
    if (last !== undefined && steadyAt - last < rules.confirmDelayMs) return;
    it.misses.push(steadyAt);
    if (it.misses.length < rules.confirmations || steadyAt - it.sentAt < rules.minAgeMs) return;
    if (rules.confirmations > 1 && !secondWitness) return;
    if (it.of.provable) end('DENIED', 'missing');
    else end('UNKNOWN', 'indeterminate');
  };
  const isSending = it.status === 'SENDING';
  if (it.settledAt !== undefined) return;
  if (kind === 'deadline') return end('UNKNOWN', 'deadline');
  if (kind === 'accepted' && isSending) {
    Object.assign(it, { status: 'PENDING', messageId: evidence.messageId, sentAt: at });
    if (evidence.status !== undefined && evidence.status !== 'PENDING') end(evidence.status, 'send-response');
  }
  if (kind === 'rejected' && isSending) return end('FAILED', 'rejected');
  if (kind === 'lost' && isSending) return end('UNKNOWN', 'indeterminate');
  // The rest speaks of a message that the service has.
  if (isSending || kind === 'accepted' || kind === 'rejected' || kind === 'lost') return;
  if (kind !== 'said' || evidence.source === 'status' || evidence.source === 'list') it.polls += 1;
  if (kind === 'present') it.misses = [];
  if (kind === 'invalid' || kind === 'forbidden') end('UNKNOWN', kind);
  if (kind === 'missing') miss(evidence.witness !== 'status');
  if (kind !== 'said') return;
  if (evidence.status === 'PENDING') it.misses = [];
  // Of an edit, SENT may speak of the old words, unless it is the edit's own event or answer that says it.
  else if (it.of.update !== true || evidence.status !== 'SENT') end(evidence.status, evidence.source);
  else if (evidence.source === 'status' || evidence.source === 'list') miss(true);
  else if (evidence.source !== 'prefetch') end('SENT', evidence.source);
}

interface Early {
  readonly about: MessageKey;
  readonly evidence: Said;
}

/** All deliveries of a tracker, and what was heard before its message was known. */
export class LedgerModel {
  readonly deliveries: Modelled[] = [];
  readonly names: Map<string, Modelled> = new Map();
  readonly settled: Modelled[] = [];
  readonly rules: MissingRules;
  readonly keepSettled: number;
  readonly #bearers: Set<string>;
  #early: Early[] = [];

  constructor(rules: MissingRules, keepSettled: number, bearer: string) {
    this.rules = rules;
    this.keepSettled = keepSettled;
    this.#bearers = new Set([bearer]);
  }

  add(of: NewDelivery, said?: Said): Modelled {
    const { messageId, at: sentAt } = of;
    const status = messageId === undefined ? 'SENDING' : 'PENDING';
    const it: Modelled = { of, status, why: undefined, messageId, sentAt, settledAt: undefined, polls: 0, misses: [] };
    this.#bearers.add(of.chimeBearer);
    this.deliveries.push(it);
    this.names.set(of.id, it);
    if (said !== undefined) learn(it, said, this.rules);
    if (messageId !== undefined) this.#recall(it, sentAt);
    this.#keep(it);
    return it;
  }

  tell(it: Modelled, evidence: Evidence): void {
    if (!this.deliveries.includes(it)) return;
    const { messageId } = it;
    learn(it, evidence, this.rules);
    if (it.messageId !== undefined && messageId === undefined) {
      if (!this.names.has(it.messageId)) this.names.set(it.messageId, it);
      this.#recall(it, evidence.at);
    }
    this.#keep(it);
  }

  hear(about: MessageKey, evidence: Said): void {
    const it = this.names.get(about.messageId);
    if (it !== undefined) return void (concerns(about, it) && this.tell(it, evidence));
    if (evidence.status === 'PENDING' || about.sender === undefined || !this.#bearers.has(about.sender)) return;
    const isOld = (early: Early | undefined): boolean =>
      early !== undefined && evidence.at - early.evidence.at > 60_000;
    const before = this.#early.find((early) => isSame(early.about, about));
    if (before !== undefined && !isOld(before)) return;
    this.#early = [...this.#early.filter((early) => early !== before), { about, evidence }].slice(-1_000);
    // In the order in which they came, whatever the clock said: it may have been set since.
    while (isOld(this.#early[0])) this.#early.shift();
  }

  forget(it: Modelled): void {
    if (this.deliveries.includes(it)) this.deliveries.splice(this.deliveries.indexOf(it), 1);
    for (const [name, named] of this.names) if (named === it) this.names.delete(name);
    if (this.settled.includes(it)) this.settled.splice(this.settled.indexOf(it), 1);
  }

  #recall(it: Modelled, at: number): void {
    const about = { messageId: it.messageId ?? '', channelArn: '', sender: undefined, update: it.of.update };
    const early = this.#early.find((one) => isSame(one.about, about));
    this.#early = this.#early.filter((one) => one !== early);
    if (early === undefined || at - early.evidence.at > 60_000 || !concerns(early.about, it)) return;
    learn(it, { ...early.evidence, at }, this.rules);
  }

  #keep(it: Modelled): void {
    if (it.settledAt === undefined || this.settled.includes(it)) return;
    this.settled.push(it);
    const [oldest] = this.settled;
    if (this.settled.length > this.keepSettled && oldest !== undefined) this.forget(oldest);
  }
}

/** A message and its edit have outcomes of their own. */
function isSame(a: MessageKey, b: MessageKey): boolean {
  return a.messageId === b.messageId && (a.update === true) === (b.update === true);
}

function concerns({ channelArn, sender, update }: MessageKey, { of }: Modelled): boolean {
  if (channelArn !== of.channelArn || (sender ?? of.chimeBearer) !== of.chimeBearer) return false;
  return update === undefined || update === (of.update ?? false);
}
