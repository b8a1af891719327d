// All websockets of one emulator: delivers events to their users, and carries out scripted faults of open sockets. `upgrade.ts`
// opens the sockets.

import type { ChimeEvent } from '../service/events.ts';
import type { World } from '../service/world.ts';
import type { ConnectionRecord } from './connection-record.ts';
import type { Connection } from './connection.ts';
import { frame } from './frames.ts';
import type { SocketSettings } from './socket-settings.ts';

export class SocketHub {
  readonly records: ConnectionRecord[] = [];
  readonly #world: World;
  readonly #settings: SocketSettings;
  readonly #open = new Set<Connection>();

  constructor(world: World, settings: SocketSettings) {
    this.#world = world;
    this.#settings = settings;
  }

  add(connection: Connection): void {
    this.#open.add(connection);
    connection.onClose((code) => {
      this.#open.delete(connection);
      connection.record.closedAt = this.#world.now();
      connection.record.closeCode = code;
    });
  }

  /** How many sockets of this user are open. */
  countOf(userArn: string): number {
    return this.#of(userArn).length;
  }

  /** Sends an event to all sockets of its users, with the copies and the delay of the settings. */
  deliver(event: ChimeEvent): void {
    const { eventCopies, eventDelayMs } = this.#settings;
    const copies = typeof eventCopies === 'function' ? eventCopies(event) : eventCopies;
    const delay = typeof eventDelayMs === 'function' ? eventDelayMs(event) : eventDelayMs;
    const text = frame(event.type, event.messageType, event.payload);
    const send = (): void => {
      for (const connection of this.#open) {
        if (!event.isFor(connection.record.userArn)) continue;
        for (let copy = 0; copy < copies; copy += 1) connection.send(text);
      }
    };
    if (delay > 0) this.#world.after(delay, send);
    else send();
  }

  /** Ends the open sockets (of one user), with a close code or without a close frame. Returns how many. */
  drop(bearer: string | undefined, code?: number): number {
    const dropped = this.#of(bearer);
    for (const connection of dropped) connection.end(code);
    return dropped.length;
  }

  /** Makes the open sockets (of one user) half-open, or ends that. Returns how many. */
  mute(on: boolean, bearer?: string): number {
    const muted = this.#of(bearer);
    for (const connection of muted) connection.mute(on);
    return muted.length;
  }

  /** Resolves when every open socket has confirmed its frames, and its client had time to process them. */
  async flushed(): Promise<void> {
    // A flow without a delay decides in the next turn of timers: its event has to be confirmed too.
    await this.#wait(1);
    const confirmed = Promise.all([...this.#open].map((connection) => connection.flushed()));
    // A client that never answers a ping must not block the answer.
    await Promise.race([confirmed, this.#wait(250)]);
    // The real session passes a message to its observers in a timer.
    await this.#wait(5);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.after(ms, resolve));
  }

  #of(bearer: string | undefined): Connection[] {
    return [...this.#open].filter(({ record }) => bearer === undefined || record.userArn === bearer);
  }
}
