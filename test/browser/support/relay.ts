/**
 * A relay between the page and the emulator's websocket: everything passes as it is, and a test can slip in frames that the
 * emulator would never send.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

import { afterTest } from '../../support/emulator-kit.ts';

export interface Relay {
  /** `host:port`, for `SessionOptions.relay`. */
  readonly address: string;
  /** How many frames of the service the page was sent. */
  passed(): number;
  /** Sends this text to the page, as it is. */
  inject(text: string): void;
  /** Sends an event to the page, whole as far as the frame goes. */
  injectEvent(type: string, payload: unknown): void;
}

export async function startRelay(target: string): Promise<Relay> {
  let passed = 0;
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (page, { url = '' }) => {
    const service = new WebSocket(`ws://${target}${url}`);
    service.on('message', (data: Buffer) => {
      page.send(data.toString());
      passed += 1;
    });
    service.on('close', () => page.terminate());
    page.on('close', () => service.terminate());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterTest(() => {
    for (const page of sockets.clients) page.terminate();
    server.close();
  });
  const inject = (text: string): void => {
    for (const page of sockets.clients) page.send(text);
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: () => passed,
    inject,
    injectEvent: (type, payload) => {
      const Headers = { 'x-amz-chime-event-type': type, 'x-amz-chime-message-type': 'STANDARD' };
      const Payload = typeof payload === 'string' ? payload : JSON.stringify(payload);
      inject(JSON.stringify({ Headers, Payload }));
    },
  };
}
