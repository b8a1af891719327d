// The messages that the service has, oldest first, and whether some may be missing. Own
// messages on their way are not here: the tracker has them, and `useMessages` merges the two.
import type { ChatMessage } from '../chime/message.ts';
import { Store } from '../store.ts';

export interface ConversationView {
  readonly messages: readonly ChatMessage[];
  /** Whether the messages were never listed yet. */
  readonly isLoading: boolean;
  /** Lists the messages again; undefined while none may be missing. */
  readonly refresh: (() => void) | undefined;
}

export class Conversation extends Store<ConversationView> {
  constructor() {
    super({ messages: [], isLoading: true, refresh: undefined });
  }

  /** Adds a message, or replaces it by its edited version. */
  put(message: ChatMessage): void {
    const view = this.read();
    const others = view.messages.filter(({ MessageId }) => MessageId !== message.MessageId);
    const messages = [...others, message];
    messages.sort((a, b) => a.CreatedTimestamp.getTime() - b.CreatedTimestamp.getTime());
    this.set({ ...view, messages });
  }

  /** The messages were listed, or could not be. */
  setStale(refresh: (() => void) | undefined): void {
    this.set({ ...this.read(), isLoading: false, refresh });
  }
}
