// One websocket of one user, from its opening to its end: what can be sent on it, and the record of it that tests see.

import type { WebSocket } from 'ws';

/** A websocket as the emulator saw it. Times are milliseconds since the epoch. */
export interface ConnectionRecord {
  /** Counts upgrades from 1, refused ones included. */
  readonly id: number;
  readonly userArn: string;
  readonly sessionId: string;
  readonly prefetch: boolean;
  readonly openedAt: number;
  /** Why the upgrade was refused with an HTTP status, if it was: then it never opened. */
  readonly refused: number | undefined;
  /** When SESSION_ESTABLISHED was sent; undefined if it never was. */
  readonly establishedAt: number | undefined;
  readonly closedAt: number | undefined;
  /** The close code of its end as the emulator saw it (1006: without a close frame). */
  readonly closeCode: number | undefined;
  /** Half-open: the emulator says nothing on it and hears nothing from it. */
  readonly mute: boolean;
}

/** The emulator's own, writable side of a record. */
export type OpenConnectionRecord = { -readonly [K in keyof ConnectionRecord]: ConnectionRecord[K] };

export class Connection {
  readonly record: OpenConnectionRecord;
  readonly #socket: WebSocket;
  #pings = 0;

  constructor(record: OpenConnectionRecord, socket: WebSocket) {
    this.record = record;
    this.#socket = socket;
    // Every flush under way listens for its own pong.
    socket.setMaxListeners(0);
    socket.on('ping', (data: Buffer) => {
      if (!record.mute) socket.pong(data);
    });
    // The close that follows says all there is to know about an error.
    socket.on('error', () => socket.terminate());
  }

  onClose(listener: (code: number) => void): void {
    this.#socket.once('close', listener);
  }

  send(text: string): void {
    if (!this.record.mute && this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text);
  }

  /** Closes with a code, or with no close frame at all where none is given. */
  end(code?: number, reason?: string): void {
    // A paused socket would not notice the other side's close frame.
    this.#socket.resume();
    // 1006 is what the other side calls an end without a close frame; no frame can say it.
    if (code === undefined || code === 1006) this.#socket.terminate();
    else this.#socket.close(code, reason);
  }

  /** Half-open, or not: nothing more is read, so that not even a close frame is answered. */
  mute(on: boolean): void {
    this.record.mute = on;
    if (on) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Resolves when the other side has confirmed everything sent so far or is gone; at once on a half-open socket. */
  flushed(): Promise<void> {
    const socket = this.#socket;
    if (this.record.mute || socket.readyState !== socket.OPEN) return Promise.resolve();
    const mark = String((this.#pings += 1));
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('pong', heard);
        socket.off('close', done);
        resolve();
      };
      // Pongs come in the order of their pings, but one of an earlier ping says nothing about what was sent since.
      const heard = (data: Buffer): void => {
        if (data.toString() === mark) done();
      };
      socket.on('pong', heard);
      socket.on('close', done);
      socket.ping(mark);
    });
  }
}
