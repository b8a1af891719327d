/**
 * The line between the tabs of one name: messages out, and messages in that are what they have to be. A channel that throws
 * is told of, and harms no caller.
 */
import { readOr } from '../core/as-record.ts';
import type { Channel, TabEnvironment } from './environment.ts';
import { readMessage, writeMessage, type Message } from './message.ts';

export interface LinePorts {
  readonly onMessage: (from: string, message: Message) => void;
  /** The channel takes no messages, and never will again. */
  readonly onFailure: (error: unknown) => void;
}

export class Line {
  readonly #own: string;
  readonly #onFailure: LinePorts['onFailure'];
  readonly #channel: Channel;
  #closed = false;

  /** @param own the id of this tab */
  constructor(environment: TabEnvironment, name: string, own: string, { onMessage, onFailure }: LinePorts) {
    this.#own = own;
    this.#onFailure = onFailure;
    this.#channel = environment.openChannel(name);
    this.#channel.addEventListener('message', ({ data }) => {
      const { from, message } = readMessage(data) ?? {};
      // What was on its way when this tab left is not for it any more.
      if (from !== undefined && message !== undefined && !this.#closed) onMessage(from, message);
    });
  }

  post(message: Message): void {
    if (this.#closed) return;
    readOr(this.#onFailure, () =>
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and no such argument
      this.#channel.postMessage(writeMessage(this.#own, message)),
    );
  }

  close(): void {
    this.#closed = true;
    readOr(
      () => undefined,
      () => this.#channel.close(),
    );
  }
}
