/**
 * Finds the edit that an event is about. Several edits of one message may be pending at once, and other devices may edit it, too:
 * where the event is ambiguous, no edit is found, and a read has to tell. `match-event.ts` compares the fields of events.
 */
import type { TrackedDelivery } from './delivery.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import { EditEventDeduplicator } from './edit-event-deduplicator.ts';
import { EditGroups } from './edit-groups.ts';
import type { StatusReported } from './evidence.ts';
import type { MessageIdentity, MessageReference } from './identity.ts';
import { findEdit, findSettledEdit, mayHaveContent } from './match-event.ts';
import { ShownEditContents } from './shown-edit-contents.ts';

/** An event about an edit may come this long before `track` is called for the edit; an older one is another edit's. */
const EARLY_EDIT_MS = 2_000;
/** An edit that ended UNKNOWN may still be decided, or have been applied, for this long, in milliseconds. */
export const UNDECIDED_MS: number = 600_000;

export class EditMatcher {
  readonly #edits = new EditGroups();
  readonly #events = new EditEventDeduplicator();
  /** Contents of PENDING events: an outcome without content may be about any of these edits. */
  readonly #pending = new ShownEditContents();
  /** Contents of SENT events: a message with one of them has been edited. */
  readonly #applied = new ShownEditContents();
  /** Edits that were settled before their own event came, and whose event has come since. */
  readonly #confirmed = new WeakSet<TrackedDelivery>();

  /** Whether the app itself edits the message at this moment, so that the edit is not tracked yet. */
  isBeingEdited?: (messageId: string) => boolean;

  add(edit: TrackedDelivery): void {
    this.#edits.add(edit);
  }

  /** Edits of one message, in order, including those that were forgotten recently. */
  of(message: Omit<MessageIdentity, 'isEdit'>): readonly TrackedDelivery[] {
    return this.#edits.of(message);
  }

  /** Whether an event is the first of its copies. */
  isFirst({ eventDigest }: MessageReference, at: number): boolean {
    return eventDigest === undefined || this.#events.isFirst(eventDigest, at);
  }

  /** Whether an event has told that an edit with this content was applied, since `edit` began. */
  wasApplied({ channelArn, messageId = '', sentAt }: DeliveryRecord, contentDigest: number | undefined): boolean {
    return this.#applied.has({ channelArn, messageId }, contentDigest, sentAt - EARLY_EDIT_MS);
  }

  /** The edit, among `candidates`, that an event is about. */
  resolve(
    candidates: readonly TrackedDelivery[],
    message: MessageReference,
    evidence: StatusReported,
  ): TrackedDelivery | undefined {
    if (evidence.status === 'PENDING') this.#pending.add(message, evidence.at);
    if (evidence.status === 'SENT') this.#applied.add(message, evidence.at);
    const unconfirmed = candidates.filter((delivery) => !this.#confirmed.has(delivery));
    const settled = evidence.status === 'PENDING' ? undefined : findSettledEdit(unconfirmed, message, evidence);
    if (settled === undefined) {
      const edit = findEdit(candidates, message);
      return edit !== undefined && this.#mayBeAnothers(edit.record, message, evidence.at) ? undefined : edit;
    }
    // The event of an edit comes once: the next one is another edit's.
    this.#confirmed.add(settled);
    return settled;
  }

  /** Whether an event that came before `edit` was tracked, at `trackedAt`, is about it. */
  isAboutEarly(
    edit: DeliveryRecord,
    trackedAt: number,
    message: MessageReference,
    { at }: Pick<StatusReported, 'at'>,
  ): boolean {
    // An edit without a known start began a moment before it was tracked.
    const begunAt = edit.sentAt < trackedAt ? edit.sentAt : trackedAt - EARLY_EDIT_MS;
    if (at < begunAt) return false;
    if (message.contentDigest !== undefined) return mayHaveContent(edit, message);
    const wasPending = ({ sentAt, settledAt = at }: DeliveryRecord): boolean =>
      sentAt - EARLY_EDIT_MS <= at && settledAt >= at;
    return !this.#others(edit, message).some(wasPending) && !this.#mayBeAnothers(edit, message, at);
  }

  /**
   * Whether an event without content may be about an edit that is not tracked (its PENDING event has shown its content), or that
   * has no answer yet, or whose outcome could not be known.
   */
  #mayBeAnothers(edit: DeliveryRecord, message: MessageReference, at: number): boolean {
    if (message.contentDigest !== undefined) return false;
    if (this.isBeingEdited?.(message.messageId) === true) return true;
    const others = this.#others(edit, message);
    // One without an answer may be there, and decided.
    if (others.some(({ messageId, evidence }) => messageId === undefined && evidence !== 'rejected')) return true;
    const isUndecided = ({ status, settledAt = -Infinity }: DeliveryRecord): boolean =>
      status === 'UNKNOWN' && at - settledAt < UNDECIDED_MS;
    if (others.some(isUndecided)) return true;
    const edits = [edit, ...others];
    const own = new Set(edits.map(({ contentDigest }) => contentDigest));
    const unnamed = edits.filter(({ contentDigest }) => contentDigest === undefined).length;
    return this.#pending.countOthers(message, own, edit.sentAt) > unnamed;
  }

  #others(edit: DeliveryRecord, { messageId }: MessageReference): DeliveryRecord[] {
    return this.of({ ...edit, messageId })
      .map(({ record }) => record)
      .filter(({ id }) => id !== edit.id);
  }
}
