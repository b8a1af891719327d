// Where messages are: by id, and by channel in the order of their creation. It forgets nothing, the denied and the
// deleted included, since tests ask for the truth; who may read what is decided in `visibility.ts`.

import type { StoredMessage } from './message.ts';

export class MessageStore {
  readonly all: StoredMessage[] = [];
  readonly #byId = new Map<string, StoredMessage>();
  readonly #byChannel = new Map<string, StoredMessage[]>();

  add(message: StoredMessage): void {
    this.all.push(message);
    this.#byId.set(message.messageId, message);
    const siblings = this.#byChannel.get(message.channelArn);
    if (siblings) siblings.push(message);
    else this.#byChannel.set(message.channelArn, [message]);
  }

  byId(messageId: string): StoredMessage | undefined {
    return this.#byId.get(messageId);
  }

  /** The message at this address. One in a sub-channel is found only by a request that names the sub-channel. */
  at(channelArn: string, subChannelId: string | undefined, messageId: string): StoredMessage | undefined {
    const message = this.#byId.get(messageId);
    return message?.channelArn === channelArn && message.subChannelId === subChannelId ? message : undefined;
  }

  /** Every message of a channel, oldest first. */
  inChannel(channelArn: string): readonly StoredMessage[] {
    return this.#byChannel.get(channelArn) ?? [];
  }
}
