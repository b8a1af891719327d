// The processors of channel flows that an app has created: what their functions get, and how the messages reach them.

import type { Channel } from './channels.ts';
import type { FlowProcess } from './flow.ts';
import type { TruthRecord } from './message.ts';

/** What a processor's Lambda function gets. The names of the fields are those of AWS's guide; the rest is assumed. */
export interface ProcessorEvent {
  readonly EventType: 'CHANNEL_MESSAGE_EVENT';
  readonly CallbackId: string;
  readonly ChannelMessage: Readonly<Record<string, unknown>>;
}

/** A local function in the place of a processor's Lambda function. It answers by `ChannelFlowCallback`. */
export type Processor = (event: ProcessorEvent) => unknown;

export interface ProcessorFlows {
  /** What the flow of this channel does with a message, or with an edit of it; undefined where it has none. */
  processOf(
    channel: Channel,
    message: TruthRecord,
    content: string,
    metadata: string | undefined,
  ): FlowProcess | undefined;
}
