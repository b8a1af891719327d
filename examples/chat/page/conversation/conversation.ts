// The messages that the service has, oldest first, as a store for `useSyncExternalStore`, and whether some may be missing. Own
// messages on their way are not here: the tracker has them, and `useMessages` merges the two.
import type { ChatMessage } from '../chime/message.ts';

export interface ConversationView {
  readonly messages: readonly ChatMessage[];
  /** Whether the messages were never listed yet. */
  readonly isLoading: boolean;
  /** Lists the messages again; undefined while none may be missing. */
  readonly refresh: (() => void) | undefined;
}

export class Conversation {
  readonly #listeners = new Set<() => void>();
  #view: ConversationView = { messages: [], isLoading: true, refresh: undefined };

  readonly read = (): ConversationView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Adds a message, or replaces it by its edited version. */
  put(message: ChatMessage): void {
    const others = this.#view.messages.filter(({ MessageId }) => MessageId !== message.MessageId);
    const messages = [...others, message];
    this.#set({ messages: messages.sort((a, b) => a.CreatedTimestamp.getTime() - b.CreatedTimestamp.getTime()) });
  }

  /** The messages were listed, or could not be. */
  setStale(refresh: (() => void) | undefined): void {
    this.#set({ isLoading: false, refresh });
  }

  #set(change: Partial<ConversationView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
