/**
 * The edits of each message that was edited recently. A read of a message shows one of its edits, and all edits are needed to
 * tell which. They stay here for a while even if the tracker has forgotten them.
 */
import type { TrackedDelivery } from './delivery.ts';
import { messageIdOf } from './delivery-record.ts';
import { identityKey, type MessageIdentity } from './identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_MESSAGES = 1_000;
/** Edits kept for one message; the oldest are dropped first. */
const MAX_EDITS = 100;

export class EditGroups {
  /** The edits of each message in order; the message that was edited last comes last. */
  readonly #groups = new LinkedMap<string, readonly TrackedDelivery[]>();

  /** Adds an edit, also one that the service has not accepted: it may have it, and a read may show it. */
  add(edit: TrackedDelivery): void {
    const key = groupKey({ ...edit.record, messageId: messageIdOf(edit.record) });
    const others = (this.#groups.get(key) ?? []).filter((other) => other !== edit);
    const group = [...others, edit].slice(-MAX_EDITS);
    this.#groups.set(key, group);
    this.#groups.keepNewest(MAX_MESSAGES);
  }

  of(message: Omit<MessageIdentity, 'isEdit'>): readonly TrackedDelivery[] {
    return this.#groups.get(groupKey(message)) ?? [];
  }
}

/** Without the sub-channel: an app that does not name it tracks an edit of the same message. */
function groupKey(message: Omit<MessageIdentity, 'isEdit'>): string {
  return identityKey({ ...message, isEdit: true, subChannelId: undefined });
}
