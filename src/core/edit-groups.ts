/**
 * The edits of each message that was edited lately: what a read of the message shows is about one of them, and which one it
 * can be depends on all. They stay here for a while, also where the tracker has forgotten them.
 */
import type { TrackedDelivery } from './delivery.ts';
import { identityKey, type MessageIdentity } from './identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';

const MAX_MESSAGES = 1_000;
/** Of one message; the oldest go first. */
const MAX_EDITS = 100;

export class EditGroups {
  /** In the order in which the edits were made; the message that was edited last comes last. */
  readonly #groups = new LinkedMap<string, readonly TrackedDelivery[]>();

  add(edit: TrackedDelivery): void {
    const key = groupKey(edit.record);
    const group = [...(this.#groups.get(key) ?? []), edit].slice(-MAX_EDITS);
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
