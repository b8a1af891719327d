// What the websocket side can be told to do; see `../options.ts` for the meaning and the defaults.

import type { ChimeEvent } from '../service/events.ts';

export interface SocketSettings {
  connectsPerSecond: number;
  connectionsPerUser: number;
  eventCopies: number | ((event: ChimeEvent) => number);
  eventDelayMs: number | ((event: ChimeEvent) => number);
  sessionEstablishedDelayMs: number;
}
