/**
 * What was heard of messages that are not tracked yet: an event can come before the answer to the send that made it.
 * Bounded by number and by age; only outcomes and removals are kept. Whether one fits a delivery, the registry decides.
 */
import type { Removed, StatusReported } from './evidence.ts';
import type { MessageReference } from './identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_MESSAGES = 1_000;
const MAX_AGE_MS = 60_000;
/** What is kept of one MessageId: its outcome, its removal, and the outcomes of a few edits. */
const MAX_EVENTS = 8;

export interface BufferedEvent {
  readonly message: MessageReference;
  readonly evidence: StatusReported | Removed;
}

export class EarlyEventBuffer {
  /** By channel and MessageId, in the order in which they were last heard of, so that the first is the oldest. */
  readonly #events = new LinkedMap<string, BufferedEvent[]>();

  add(message: MessageReference, evidence: StatusReported | Removed): void {
    if (evidence.kind === 'status' && evidence.status === 'PENDING') return;
    const key = keyOf(message);
    const isFresh = ({ evidence: { at } }: BufferedEvent): boolean => evidence.at - at <= MAX_AGE_MS;
    const before = (this.#events.get(key) ?? []).filter(isFresh);
    // The first word about a message counts; each event about its edits may be of another edit.
    const isKnown = message.isEdit !== true && before.some((events) => isSameEvent(events, { message, evidence }));
    if (!isKnown && before.length < MAX_EVENTS) before.push({ message, evidence });
    this.#events.set(key, before);
    this.#events.keepNewest(MAX_MESSAGES);
    for (let { oldest } = this.#events; oldest !== undefined && !oldest.value.some(isFresh); { oldest } = this.#events)
      this.#events.delete(oldest.key);
  }

  /** Takes out the first that was heard of this message and that `fits`. */
  take(
    message: Pick<MessageReference, 'channelArn' | 'messageId'>,
    now: number,
    fits: (events: BufferedEvent) => boolean,
  ): BufferedEvent | undefined {
    const key = keyOf(message);
    const all = this.#events.get(key);
    const events = all?.find((each) => now - each.evidence.at <= MAX_AGE_MS && fits(each));
    if (all === undefined || events === undefined) return undefined;
    all.splice(all.indexOf(events), 1);
    if (all.length === 0) this.#events.delete(key);
    return events;
  }
}

function keyOf({ channelArn, messageId }: Pick<MessageReference, 'channelArn' | 'messageId'>): string {
  return `${channelArn} ${messageId}`;
}

/** Whether the two are words of one kind about one thing. */
function isSameEvent(
  { message: a, evidence: one }: BufferedEvent,
  { message: b, evidence: other }: BufferedEvent,
): boolean {
  return one.kind === other.kind && a.sender === b.sender && a.subChannelId === b.subChannelId && a.isEdit !== true;
}
