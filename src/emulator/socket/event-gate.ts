// Orders an operation's HTTP answer and its events. By default the events of an operation are held, by message, until its answer
// is written; in the other order the events go first and the answer waits.

import type { ChimeEvent } from '../service/events.ts';

export interface Held<Result> {
  readonly result: Result;
  /** Delivers the held events, in their order. */
  release(): void;
  /** With the order `'before-response'`, resolves once the sockets have the events; otherwise at once. */
  delivered(): Promise<void>;
}

export interface EventGateParts {
  readonly deliver: (event: ChimeEvent) => void;
  /** Resolves when every open socket has confirmed its frames. */
  readonly flushed: () => Promise<void>;
  readonly order: () => 'after-response' | 'before-response';
}

export class EventGate {
  readonly #parts: EventGateParts;
  readonly #held = new Map<string, ChimeEvent[]>();
  #catching: string[] | undefined;
  #published = 0;

  constructor(parts: EventGateParts) {
    this.#parts = parts;
  }

  /** Delivers an event of the service, or holds it. */
  publish(event: ChimeEvent): void {
    this.#published += 1;
    const { messageId } = event;
    if (messageId === undefined) return this.#parts.deliver(event);
    const held = this.#held.get(messageId);
    if (held) {
      held.push(event);
    } else if (this.#catching) {
      this.#catching.push(messageId);
      this.#held.set(messageId, [event]);
    } else {
      this.#parts.deliver(event);
    }
  }

  /** Runs an operation, and holds the events of its messages. */
  hold<Result>(operation: () => Result): Held<Result> {
    const { order, flushed } = this.#parts;
    if (order() === 'before-response') {
      const before = this.#published;
      const result = operation();
      const quiet = this.#published === before;
      return { result, release: () => undefined, delivered: quiet ? () => Promise.resolve() : flushed };
    }
    const touched: string[] = [];
    this.#catching = touched;
    try {
      return { result: operation(), release: () => this.#release(touched), delivered: () => Promise.resolve() };
    } finally {
      this.#catching = undefined;
    }
  }

  #release(touched: string[]): void {
    for (const messageId of touched.splice(0)) {
      const events = this.#held.get(messageId) ?? [];
      this.#held.delete(messageId);
      for (const event of events) this.#parts.deliver(event);
    }
  }
}
