/** The service's events as a session's observer gets them. */
import type { ChimeEvent } from '../../src/emulator/service/events.ts';
import type { PushEvent } from '../contenders/contender.ts';

export function asPush({ type, messageType, payload }: ChimeEvent): PushEvent {
  return {
    type,
    headers: { 'x-amz-chime-event-type': type, 'x-amz-chime-message-type': messageType },
    payload: JSON.stringify(payload),
  };
}
