/**
 * Wraps the BroadcastChannel of the tabs: serializes outgoing messages, and passes on valid incoming ones. An exception of the
 * channel goes to `onFailure`, never to a caller.
 */
import { tryRead } from '../../shared/unknown-json.ts';
import type { Channel, TabEnvironment } from './environment.ts';
import { readMessage, writeMessage, type TabMessage } from './protocol.ts';

export interface TabChannelPorts {
  readonly onMessage: (from: string, message: TabMessage) => void;
  /** The channel failed to post a message; it counts as broken. */
  readonly onFailure: (error: unknown) => void;
}

export class TabChannel {
  readonly #own: string;
  readonly #onFailure: TabChannelPorts['onFailure'];
  readonly #channel: Channel;
  #closed = false;

  /** @param own the id of this tab */
  constructor(environment: TabEnvironment, name: string, own: string, { onMessage, onFailure }: TabChannelPorts) {
    this.#own = own;
    this.#onFailure = onFailure;
    this.#channel = environment.openChannel(name);
    this.#channel.addEventListener('message', ({ data }) => {
      const { from, message } = readMessage(data) ?? {};
      // Messages that were in flight when this tab left are ignored.
      if (from !== undefined && message !== undefined && !this.#closed) onMessage(from, message);
    });
  }

  post(message: TabMessage): void {
    if (this.#closed) return;
    tryRead(this.#onFailure, () =>
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and no such argument
      this.#channel.postMessage(writeMessage(this.#own, message)),
    );
  }

  close(): void {
    this.#closed = true;
    tryRead(
      () => undefined,
      () => this.#channel.close(),
    );
  }
}
