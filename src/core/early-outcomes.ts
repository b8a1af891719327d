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
    if (evidence.status === 'PENDING' || this.#heard.has(message.messageId)) return;
    this.#heard.set(message.messageId, { message, evidence });
    for (const [id, { evidence: oldest }] of this.#heard) {
      if (this.#heard.size <= MAX_IDS && evidence.at - oldest.at <= MAX_AGE_MS) break;
      this.#heard.delete(id);
    }
  }

  /** What was heard of this message, once. */
  take(messageId: string, now: number): Heard | undefined {
    const heard = this.#heard.get(messageId);
    if (heard === undefined) return undefined;
    this.#heard.delete(messageId);
    return now - heard.evidence.at <= MAX_AGE_MS ? heard : undefined;
  }
}
