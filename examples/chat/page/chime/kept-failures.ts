// What was not delivered, kept over a reload: the service lists no denied message and none that it refused, and the tracker
// forgets what has ended.
import type { DeliveryState, DeliveryTracker, TerminalState } from 'chime-delivery';
import { Store } from '../store.ts';

const MAX_KEPT = 50;

/** A message to render, as `useMessages` gives it. */
export interface KeptFailure {
  readonly key: string;
  readonly message: undefined;
  readonly delivery: DeliveryState;
  readonly edit: undefined;
}

export class KeptFailures extends Store<readonly KeptFailure[]> {
  readonly #key: string;

  constructor(tracker: DeliveryTracker, arn: string) {
    const key = `chat:failures:${arn}`;
    const saved = JSON.parse(localStorage.getItem(key) ?? '[]') as readonly DeliveryState[];
    super(saved.map(itemOf));
    this.#key = key;
    tracker.on('settled', (state) => this.#onSettled(state));
  }

  /** Keeps it no longer, and returns its text. */
  take(id: string): string | undefined {
    const taken = this.read().find(({ delivery }) => delivery.id === id);
    if (taken !== undefined) this.set(this.read().filter((each) => each !== taken));
    return taken?.delivery.input?.Content;
  }

  #onSettled(state: TerminalState): void {
    const kept = this.read();
    const others = kept.filter(({ delivery }) => delivery.id !== state.id && delivery.id !== state.retryOf);
    const isKept = state.status !== 'SENT' && state.operation === 'create' && state.input !== undefined;
    if (isKept) this.set([...others, itemOf(state)].slice(-MAX_KEPT));
    else if (others.length < kept.length) this.set(others);
  }

  protected override set(kept: readonly KeptFailure[]): void {
    localStorage.setItem(this.#key, JSON.stringify(kept.map(({ delivery }) => delivery)));
    super.set(kept);
  }
}

function itemOf(delivery: DeliveryState): KeptFailure {
  return { key: delivery.id, message: undefined, delivery, edit: undefined };
}
