/**
 * What was heard of messages that are not tracked yet: an event can come before the answer to the send that made it.
 * Bounded by number and by age, and only outcomes are kept; whether one fits a delivery, the ledger decides.
 */
import type { Said } from './evidence.ts';
import type { MessageKey } from './ledger.ts';

const MAX_IDS = 1_000;
const MAX_AGE_MS = 60_000;

export interface Heard {
  readonly message: MessageKey;
  readonly evidence: Said;
}

export class EarlyOutcomes {
  /** In the order in which they were first heard, so that the first key is the oldest. */
  readonly #heard = new Map<string, Heard>();

  remember(message: MessageKey, evidence: Said): void {
    const key = keyOf(message.messageId, message.update);
    if (evidence.status === 'PENDING') return;
    const before = this.#heard.get(key);
    if (before !== undefined && evidence.at - before.evidence.at <= MAX_AGE_MS) return;
    // What was heard too long ago stands in nobody's way; its place is the latest from now on.
    this.#heard.delete(key);
    this.#heard.set(key, { message, evidence });
    for (const [oldestKey, { evidence: oldest }] of this.#heard) {
      if (this.#heard.size <= MAX_IDS && evidence.at - oldest.at <= MAX_AGE_MS) break;
      this.#heard.delete(oldestKey);
    }
  }

  /** What was heard of this message, or of this edit of it, once. */
  take(messageId: string, now: number, update = false): Heard | undefined {
    const key = keyOf(messageId, update);
    const heard = this.#heard.get(key);
    if (heard === undefined) return undefined;
    this.#heard.delete(key);
    return now - heard.evidence.at <= MAX_AGE_MS ? heard : undefined;
  }
}

/** A message and an edit of it have outcomes of their own. What does not say which it is about speaks of the message. */
function keyOf(messageId: string, update: boolean | undefined): string {
  return update === true ? `edit of ${messageId}` : messageId;
}
