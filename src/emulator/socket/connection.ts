// One websocket of one user, from its opening to its end, and its record for tests.

import type { WebSocket } from 'ws';

import type { ConnectionRecord } from './connection-record.ts';

/** The emulator's own, writable side of a record. */
export type OpenConnectionRecord = { -readonly [K in keyof ConnectionRecord]: ConnectionRecord[K] };

export class Connection {
  readonly record: OpenConnectionRecord;
  readonly #socket: WebSocket;
  #pings = 0;

  constructor(record: OpenConnectionRecord, socket: WebSocket) {
    this.record = record;
    this.#socket = socket;
    // Each pending flush listens for its own pong.
    socket.setMaxListeners(0);
    socket.on('ping', (data: Buffer) => {
      if (!record.mute) socket.pong(data);
    });
    // A close event follows the error.
    socket.on('error', () => socket.terminate());
  }

  onClose(listener: (code: number) => void): void {
    this.#socket.once('close', listener);
  }

  send(text: string): void {
    if (!this.record.mute && this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text);
  }

  /** Closes with a code; without one, ends the connection without a close frame. */
  end(code?: number, reason?: string): void {
    // A paused socket would not notice the other side's close frame.
    this.#socket.resume();
    // 1006 means an end without a close frame; no frame can carry it.
    if (code === undefined || code === 1006) this.#socket.terminate();
    else this.#socket.close(code, reason);
  }

  /** Makes it half-open, or ends that. A half-open socket is not read, so that not even a close frame is answered. */
  mute(on: boolean): void {
    this.record.mute = on;
    if (on) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Resolves when the client has confirmed all frames sent so far, or has gone; at once on a half-open socket. */
  flushed(): Promise<void> {
    const socket = this.#socket;
    if (this.record.mute || socket.readyState !== socket.OPEN) return Promise.resolve();
    const mark = String((this.#pings += 1));
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('pong', onPong);
        socket.off('close', done);
        resolve();
      };
      // Pongs come in the order of their pings; that of an earlier ping does not confirm later frames.
      const onPong = (data: Buffer): void => {
        if (data.toString() === mark) done();
      };
      socket.on('pong', onPong);
      socket.on('close', done);
      socket.ping(mark);
    });
  }
}
