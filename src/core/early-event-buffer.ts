/**
 * Buffers events about messages that are not tracked yet: an event can come before the response to its message's send. Only
 * outcomes and removals are kept, bounded in number and age. The registry decides whether an event fits a delivery.
 */
import type { Removed, StatusReported } from './evidence.ts';
import type { MessageReference } from './identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_MESSAGES = 1_000;
const MAX_AGE_MS = 60_000;
/** Events kept for one MessageId: its outcome, its removal, and the outcomes of a few edits. */
const MAX_EVENTS = 8;

export interface BufferedEvent {
  readonly message: MessageReference;
  readonly evidence: StatusReported | Removed;
}

export class EarlyEventBuffer {
  /** By channel and MessageId; the message without an event for the longest first. */
  readonly #events = new LinkedMap<string, BufferedEvent[]>();
  readonly #maxAgeMs: number;

  /** @param maxAgeMs how long an event is kept, in milliseconds */
  constructor(maxAgeMs: number = MAX_AGE_MS) {
    this.#maxAgeMs = maxAgeMs;
  }

  add(message: MessageReference, evidence: StatusReported | Removed): void {
    if (evidence.kind === 'status' && evidence.status === 'PENDING') return;
    const key = keyOf(message);
    const isFresh = ({ evidence: { at } }: BufferedEvent): boolean => evidence.at - at <= this.#maxAgeMs;
    const before = (this.#events.get(key) ?? []).filter(isFresh);
    // The first event about a message counts; each event about its edits may be about another edit.
    const isKnown = message.isEdit !== true && before.some((event) => isSameEvent(event, { message, evidence }));
    if (!isKnown && before.length < MAX_EVENTS) before.push({ message, evidence });
    this.#events.set(key, before);
    this.#events.keepNewest(MAX_MESSAGES);
    for (let { oldest } = this.#events; oldest !== undefined && !oldest.value.some(isFresh); { oldest } = this.#events)
      this.#events.delete(oldest.key);
  }

  /** Removes and returns the first event about this message that `fits`. */
  take(
    message: Pick<MessageReference, 'channelArn' | 'messageId'>,
    now: number,
    fits: (event: BufferedEvent) => boolean,
  ): BufferedEvent | undefined {
    const key = keyOf(message);
    const events = this.#events.get(key);
    const event = events?.find((each) => now - each.evidence.at <= this.#maxAgeMs && fits(each));
    if (events === undefined || event === undefined) return undefined;
    events.splice(events.indexOf(event), 1);
    if (events.length === 0) this.#events.delete(key);
    return event;
  }
}

function keyOf({ channelArn, messageId }: Pick<MessageReference, 'channelArn' | 'messageId'>): string {
  return `${channelArn} ${messageId}`;
}

/** Whether both events are of the same kind and about the same message. */
function isSameEvent(
  { message: a, evidence: one }: BufferedEvent,
  { message: b, evidence: other }: BufferedEvent,
): boolean {
  return one.kind === other.kind && a.sender === b.sender && a.subChannelId === b.subChannelId && a.isEdit !== true;
}
