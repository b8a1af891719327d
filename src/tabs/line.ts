/** The line between the tabs of one name: messages out, and messages in that are what they have to be. */
import type { Channel, TabEnvironment } from './environment.ts';
import { readMessage, writeMessage, type Message } from './message.ts';

export class Line {
  readonly #own: string;
  readonly #channel: Channel;
  #closed = false;

  /** @param own the id of this tab */
  constructor(
    environment: TabEnvironment,
    name: string,
    own: string,
    onMessage: (from: string, message: Message) => void,
  ) {
    this.#own = own;
    this.#channel = environment.openChannel(name);
    this.#channel.addEventListener('message', ({ data }) => {
      const { from, message } = readMessage(data) ?? {};
      // What was on its way when this tab left is not for it any more.
      if (from !== undefined && message !== undefined && !this.#closed) onMessage(from, message);
    });
  }

  post(message: Message): void {
    if (this.#closed) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and no such argument
    this.#channel.postMessage(writeMessage(this.#own, message));
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
  }
}
