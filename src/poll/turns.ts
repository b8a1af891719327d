/**
 * Whose turn it is: deliveries that are due wait, leave is asked for as many looks as can run at once, and who is looked
 * at is chosen when the leave comes, not before. Whoever was settled meanwhile has left, and costs nothing.
 */
import type { Entry } from '../core/entry.ts';
import type { Permit, Road } from '../core/ports.ts';
import { WaitingRoom, type PollPriority } from './waiting-room.ts';

export interface TurnPorts {
  readonly road: Road;
  /** Leaves that are asked for at once, per bearer: as many as can run, or as a wake-up after a rest is worth. */
  readonly maxClaims: number;
  /** Called with leave for one request: it is the taker's to release. */
  readonly onTurn: (entry: Entry, priority: PollPriority, permit: Permit) => void;
}

export class Turns {
  readonly #ports: TurnPorts;
  readonly #waiting = new WaitingRoom();
  /** Leaves that are asked for, per bearer. */
  readonly #claims = new Map<string, number>();
  #closed = false;

  constructor(ports: TurnPorts) {
    this.#ports = ports;
  }

  has(entry: Entry): boolean {
    return this.priorityOf(entry) !== undefined;
  }

  enter(entry: Entry, priority: PollPriority, dueAt: number): void {
    this.#waiting.enter(entry, priority, dueAt);
    this.#claimFor(entry.known.chimeBearer);
  }

  /** How urgently it waits; undefined where it does not. */
  priorityOf(entry: Entry): PollPriority | undefined {
    return this.#waiting.priorityOf(entry);
  }

  /** Those who wait for the same channel as `entry`. */
  companions(entry: Entry): Iterable<Entry> {
    return this.#waiting.companions(entry);
  }

  leave(entry: Entry): void {
    this.#waiting.leave(entry);
  }

  close(): void {
    this.#closed = true;
  }

  #claimFor(chimeBearer: string): void {
    const { road, maxClaims } = this.#ports;
    for (;;) {
      const claims = this.#claims.get(chimeBearer) ?? 0;
      if (claims >= Math.min(this.#waiting.size(chimeBearer), maxClaims)) return;
      this.#claims.set(chimeBearer, claims + 1);
      const leave = road.acquire(chimeBearer, this.#waiting.nextPriority(chimeBearer));
      void leave.then(
        (permit) => this.#use(chimeBearer, permit),
        // The only way in which leave is not given: we are closing.
        () => undefined,
      );
    }
  }

  #use(chimeBearer: string, permit: Permit): void {
    const claims = (this.#claims.get(chimeBearer) ?? 1) - 1;
    if (claims === 0) this.#claims.delete(chimeBearer);
    else this.#claims.set(chimeBearer, claims);
    const next = this.#closed ? undefined : this.#waiting.take(chimeBearer);
    if (next === undefined) permit.refund();
    else this.#ports.onTurn(next.entry, next.priority, permit);
    this.#claimFor(chimeBearer);
  }
}
