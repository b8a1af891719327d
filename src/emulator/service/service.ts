// The service model as a whole: writes, reads, channels, and the truth for tests. It knows time only through its World
// and has no network, so that a simulation can use it as it is.

import type { Channel, ChannelOptions, Channels } from './channels.ts';
import type { ServiceParts } from './service-context.ts';
import { ServiceContext } from './service-context.ts';
import type { MessageStatus, TruthRecord } from './message.ts';
import { channelDeletedEvent } from './events.ts';
import { Reads } from './reads.ts';
import { Writes } from './writes.ts';

/** An in-process Amazon Chime SDK messaging service. Refusals are thrown as ServiceError. */
export class ChimeService {
  readonly reads: Reads;
  readonly writes: Writes;
  readonly channels: Channels;
  readonly #ground: ServiceContext;

  constructor(parts: ServiceParts) {
    this.#ground = new ServiceContext(parts);
    this.reads = new Reads(this.#ground);
    this.writes = new Writes(this.#ground);
    this.channels = this.#ground.channels;
  }

  /** Every message that was ever accepted, in order of creation; the array grows as they come. */
  get messages(): readonly TruthRecord[] {
    return this.#ground.store.all;
  }

  truth(messageId: string): MessageStatus | undefined {
    return this.#ground.store.byId(messageId)?.status;
  }

  /** Deletes a channel with its messages, and tells its members. */
  deleteChannel(arn: string): void {
    const { store, parts } = this.#ground;
    const channel = this.channels.delete(arn);
    for (const message of store.inChannel(arn)) message.deleted = true;
    if (channel) parts.publish(channelDeletedEvent(channel));
  }

  declareChannel(arn: string, options: ChannelOptions): Channel {
    return this.channels.declare(arn, options, this.#ground.parts.world.now());
  }
}
