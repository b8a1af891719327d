/**
 * The edits of each message that has one without an outcome: what a read of the message shows is about one of them, and which
 * one it can be depends on all. Settled ones stay here as long as that matters, also where the tracker has forgotten them.
 */
import type { Entry } from './entry.ts';
import { identityKey, type MessageIdentity } from './identity.ts';
import { isTerminal } from './message.ts';

const MAX_MESSAGES = 1_000;

export class EditGroups {
  /** In the order in which the edits were made. */
  readonly #groups = new Map<string, Entry[]>();

  add(edit: Entry): void {
    const key = identityKey(edit.known);
    this.#groups.set(key, [...(this.#groups.get(key) ?? []), edit]);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= MAX_MESSAGES) break;
      this.#groups.delete(oldest);
    }
  }

  of(message: Omit<MessageIdentity, 'update'>): readonly Entry[] | undefined {
    return this.#groups.get(identityKey({ ...message, update: true }));
  }

  /** An edit has ended. */
  settle(edit: Entry): void {
    const key = identityKey(edit.known);
    const group = this.#groups.get(key) ?? [];
    if (group.every(({ known, ended }) => isTerminal(known.status) || ended !== undefined)) this.#groups.delete(key);
  }
}
