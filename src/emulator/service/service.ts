// The whole service model: writes, reads, channels, and the truth for tests. It gets the time only from its World and has no
// network, so that a simulation can use it unchanged.

import type { Channel, ChannelOptions, Channels } from './channels.ts';
import type { ServiceParts } from './service-context.ts';
import { ServiceContext } from './service-context.ts';
import type { MessageStatus, TruthRecord } from './message.ts';
import { channelDeletedEvent } from './events.ts';
import { Directory } from './directory/directory.ts';
import { Reads } from './reads.ts';
import { Writes } from './writes.ts';

/** An in-process Amazon Chime SDK messaging service. Refusals are thrown as ServiceError. */
export class ChimeService {
  readonly reads: Reads;
  readonly writes: Writes;
  readonly directory: Directory;
  readonly channels: Channels;
  readonly #context: ServiceContext;

  constructor(parts: ServiceParts) {
    this.#context = new ServiceContext(parts);
    this.reads = new Reads(this.#context);
    this.directory = new Directory(this.#context, (lambdaArn) => parts.settings.processors?.[lambdaArn]);
    this.writes = new Writes(this.#context, this.directory.flows);
    this.channels = this.#context.channels;
  }

  /** All messages that were ever accepted, in order of creation; the array grows. */
  get messages(): readonly TruthRecord[] {
    return this.#context.store.all;
  }

  truth(messageId: string): MessageStatus | undefined {
    return this.#context.store.byId(messageId)?.status;
  }

  /** Deletes a channel with its messages, and notifies its members. */
  deleteChannel(arn: string): void {
    const channel = this.#context.removeChannel(arn);
    if (channel) this.#context.parts.publish(channelDeletedEvent(channel));
  }

  declareChannel(arn: string, options: ChannelOptions): Channel {
    return this.channels.declare(arn, options, this.#context.parts.world.now());
  }
}
