// What was not delivered, kept over a reload: the service lists no denied message and none that it refused, and the tracker
// forgets what has ended. A store for `useSyncExternalStore`.
import type { DeliveryState, DeliveryTracker, TerminalState } from 'chime-delivery';

const MAX_KEPT = 50;

/** A message to render, as `useMessages` gives it. */
export interface KeptFailure {
  readonly key: string;
  readonly message: undefined;
  readonly delivery: DeliveryState;
  readonly edit: undefined;
}

export class KeptFailures {
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #kept: readonly KeptFailure[];

  constructor(tracker: DeliveryTracker, arn: string) {
    this.#key = `chat:failures:${arn}`;
    const saved = JSON.parse(localStorage.getItem(this.#key) ?? '[]') as readonly DeliveryState[];
    this.#kept = saved.map(itemOf);
    tracker.on('settled', (state) => this.#onSettled(state));
  }

  readonly read = (): readonly KeptFailure[] => this.#kept;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Keeps it no longer, and returns its text. */
  take(id: string): string | undefined {
    const taken = this.#kept.find(({ delivery }) => delivery.id === id);
    if (taken !== undefined) this.#set(this.#kept.filter((each) => each !== taken));
    return taken?.delivery.input?.Content;
  }

  #onSettled(state: TerminalState): void {
    const others = this.#kept.filter(({ delivery }) => delivery.id !== state.id && delivery.id !== state.retryOf);
    const isKept = state.status !== 'SENT' && state.operation === 'create' && state.input !== undefined;
    if (isKept) this.#set([...others, itemOf(state)].slice(-MAX_KEPT));
    else if (others.length < this.#kept.length) this.#set(others);
  }

  #set(kept: readonly KeptFailure[]): void {
    this.#kept = kept;
    localStorage.setItem(this.#key, JSON.stringify(kept.map(({ delivery }) => delivery)));
    for (const listener of this.#listeners) listener();
  }
}

function itemOf(delivery: DeliveryState): KeptFailure {
  return { key: delivery.id, message: undefined, delivery, edit: undefined };
}
