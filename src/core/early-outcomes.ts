/**
 * What was heard of messages that are not tracked yet: an event can come before the answer to the send that made it.
 * Bounded by number and by age; only outcomes and removals are kept. Whether one fits a delivery, the ledger decides.
 */
import type { Removed, Said } from './evidence.ts';
import type { MessageKey } from './identity.ts';
import { LinkedMap } from './linked-map.ts';

const MAX_MESSAGES = 1_000;
const MAX_AGE_MS = 60_000;
/** What is kept of one MessageId: its outcome, its removal, and the outcomes of a few edits. */
const MAX_EVENTS = 8;

export interface Heard {
  readonly message: MessageKey;
  readonly evidence: Said | Removed;
}

export class EarlyOutcomes {
  /** By channel and MessageId, in the order in which they were last heard of, so that the first is the oldest. */
  readonly #heard = new LinkedMap<string, Heard[]>();

  remember(message: MessageKey, evidence: Said | Removed): void {
    if (evidence.kind === 'said' && evidence.status === 'PENDING') return;
    const key = keyOf(message);
    const isFresh = ({ evidence: { at } }: Heard): boolean => evidence.at - at <= MAX_AGE_MS;
    const before = (this.#heard.get(key) ?? []).filter(isFresh);
    // The first word about a message counts; each event about its edits may be of another edit.
    const isKnown = message.update !== true && before.some((heard) => isSameWord(heard, { message, evidence }));
    if (!isKnown && before.length < MAX_EVENTS) before.push({ message, evidence });
    this.#heard.set(key, before);
    this.#heard.keepNewest(MAX_MESSAGES);
    for (let { oldest } = this.#heard; oldest !== undefined && !oldest.value.some(isFresh); { oldest } = this.#heard)
      this.#heard.delete(oldest.key);
  }

  /** Takes out the first that was heard of this message and that `fits`. */
  take(
    message: Pick<MessageKey, 'channelArn' | 'messageId'>,
    now: number,
    fits: (heard: Heard) => boolean,
  ): Heard | undefined {
    const key = keyOf(message);
    const all = this.#heard.get(key);
    const heard = all?.find((each) => now - each.evidence.at <= MAX_AGE_MS && fits(each));
    if (all === undefined || heard === undefined) return undefined;
    all.splice(all.indexOf(heard), 1);
    if (all.length === 0) this.#heard.delete(key);
    return heard;
  }
}

function keyOf({ channelArn, messageId }: Pick<MessageKey, 'channelArn' | 'messageId'>): string {
  return `${channelArn} ${messageId}`;
}

/** Whether the two are words of one kind about one thing. */
function isSameWord({ message: a, evidence: one }: Heard, { message: b, evidence: other }: Heard): boolean {
  return one.kind === other.kind && a.sender === b.sender && a.subChannelId === b.subChannelId && a.update !== true;
}
