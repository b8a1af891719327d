// Stores messages by id, and by channel in the order of creation. It keeps denied and deleted messages too, since tests read
// them as the truth; `visibility.ts` decides who can read a message.

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

  /** The message at this address. A message of a sub-channel is found only with its sub-channel. */
  at(channelArn: string, subChannelId: string | undefined, messageId: string): StoredMessage | undefined {
    const message = this.#byId.get(messageId);
    return message?.channelArn === channelArn && message.subChannelId === subChannelId ? message : undefined;
  }

  /** Every message of a channel, oldest first. */
  inChannel(channelArn: string): readonly StoredMessage[] {
    return this.#byChannel.get(channelArn) ?? [];
  }
}
