// The settings of the websockets; `../options.ts` has their meaning and defaults.

import type { ChimeEvent } from '../service/events.ts';

export interface SocketSettings {
  connectsPerSecond: number;
  connectionsPerUser: number;
  eventCopies: number | ((event: ChimeEvent) => number);
  eventDelayMs: number | ((event: ChimeEvent) => number);
  sessionEstablishedDelayMs: number;
}
