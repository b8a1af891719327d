// The globals that `amazon-chime-sdk-js` takes from a browser and Node does not have: `WebSocket` before Node 22, `CloseEvent` before 23.

import { WebSocket } from 'ws';

class PlainCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(type: string, { code = 0, reason = '', wasClean = false }: CloseEventInit = {}) {
    super(type);
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

interface CloseEventInit {
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;
}

/** Adds those that are missing. The package has to be imported afterwards. */
export function addSessionGlobals(): void {
  const globals = globalThis as { WebSocket?: unknown; CloseEvent?: unknown };
  globals.WebSocket ??= WebSocket;
  globals.CloseEvent ??= PlainCloseEvent;
}
