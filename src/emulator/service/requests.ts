// The requests of the operations, parsed and checked. No HTTP here.

import type { MessagePersistence, MessageType } from './message.ts';

export interface ChannelRequest {
  readonly bearer: string;
  readonly channelArn: string;
  readonly subChannelId: string | undefined;
}

export interface MessageRequest extends ChannelRequest {
  readonly messageId: string;
}

export interface SendRequest extends ChannelRequest {
  readonly content: string;
  readonly type: MessageType;
  readonly persistence: MessagePersistence;
  readonly token: string;
  readonly metadata: string | undefined;
  readonly contentType: string | undefined;
  readonly attributes: unknown;
  readonly target: readonly string[] | undefined;
}

export interface UpdateRequest extends MessageRequest {
  readonly content: string;
  readonly metadata: string | undefined;
}
