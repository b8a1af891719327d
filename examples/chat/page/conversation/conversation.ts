// The content of a chat pane, as a store for `useSyncExternalStore`: the messages, oldest first, and whether some may be
// missing. The status of an own message is not stored here: its delivery has it.
import type { Delivery } from 'chime-delivery';

export interface Row {
  readonly key: string;
  readonly senderName: string;
  readonly text: string;
  readonly at: number;
  /** Own messages have one, messages of others do not. */
  readonly delivery: Delivery | undefined;
}

export interface ConversationView {
  readonly rows: readonly Row[];
  /** Lists the messages again; undefined while none may be missing. */
  readonly refresh: (() => void) | undefined;
}

export class Conversation {
  readonly #keys = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #view: ConversationView = { rows: [], refresh: undefined };

  readonly read = (): ConversationView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add({ key, senderName, text, at, delivery }: Row): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    const rows = [...this.#view.rows, { key, senderName, text, at, delivery }];
    this.#set({ rows: rows.sort((a, b) => a.at - b.at) });
  }

  /** Removes a message that was sent again. */
  hide(key: string): void {
    this.#set({ rows: this.#view.rows.filter((row) => row.key !== key) });
  }

  setStale(refresh: (() => void) | undefined): void {
    this.#set({ refresh });
  }

  #set(change: Partial<ConversationView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
