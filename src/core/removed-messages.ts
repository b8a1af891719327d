/**
 * What push has told of removals: of channels, and of messages that are not tracked yet. After a removal a missing status proves
 * nothing. There is no limit of age: a send may have no response for hours.
 */
import { EarlyEventBuffer } from './early-event-buffer.ts';
import type { Removed } from './evidence.ts';
import type { MessageReference } from './identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';

/** Channels that are remembered as deleted. */
const MAX_CHANNELS = 1_000;

export class RemovedMessages {
  readonly #channels = new LinkedMap<string, undefined>();
  readonly #messages = new EarlyEventBuffer(Infinity);

  addChannel(channelArn: string): void {
    this.#channels.set(channelArn, undefined);
    this.#channels.keepNewest(MAX_CHANNELS);
  }

  /** Whether this channel was deleted. */
  hasChannel(channelArn: string): boolean {
    return this.#channels.has(channelArn);
  }

  addMessage(message: MessageReference, at: number): void {
    this.#messages.add(message, { kind: 'removed', at });
  }

  /** Removes and returns the removal of a message that `fits`. */
  takeMessage(
    message: Pick<MessageReference, 'channelArn' | 'messageId'>,
    at: number,
    fits: (removed: MessageReference) => boolean,
  ): Removed | undefined {
    return this.#messages.take(message, at, (event) => fits(event.message)) && { kind: 'removed', at };
  }
}
