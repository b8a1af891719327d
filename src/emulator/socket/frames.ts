// The text frames of the messaging websocket: headers with the event's type, and a payload as a JSON string inside the JSON.

import type { ChannelEventType, MessageEventType } from '../service/events.ts';
import type { MessageType } from '../service/message.ts';

export type FrameType = MessageEventType | ChannelEventType | 'SESSION_ESTABLISHED' | 'CHANNEL_DETAILS';

export function frame(type: FrameType, messageType: MessageType | 'SYSTEM', payload?: unknown): string {
  return JSON.stringify({
    Headers: { 'x-amz-chime-event-type': type, 'x-amz-chime-message-type': messageType },
    // SESSION_ESTABLISHED has no Payload at all (measured: the session shows it as null).
    ...(payload === undefined ? {} : { Payload: JSON.stringify(payload) }),
  });
}
