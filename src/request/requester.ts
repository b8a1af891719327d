/**
 * One HTTP attempt, from its permit to its end: counted as it leaves, told of where it cannot leave, and whether it has left.
 * What an error means is told by `trouble.ts`; whether to try again, by `road.ts`.
 */
import { reasonOf } from '../core/abort.ts';
import { CredentialsTimeoutError, RequestTimeoutError } from '../core/errors.ts';
import type { Errand, MessagingClient, Permit, RequestKind } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import type { Stay } from '../core/trouble.ts';
import { attempt, AttemptTimer } from './attempt.ts';
import { Departure, hasNoRegion } from './departure.ts';

/** A request that has not left after so long is told of. */
const HELD_UP_MS = 4_500;
/** As long as this, what was counted still counts for what leaves. Less than what `pace.ts` allows for travel. */
export const LAG_MS = 50;

export interface RequesterPorts {
  readonly client: MessagingClient;
  readonly requestTimeoutMs: number;
  onRequests(kind: RequestKind, requests: number): void;
  /** A request does not leave, and has not failed yet. */
  onHeldUp(chimeBearer: string, stay: Stay, error: Error): void;
}

export type Attempted = { readonly departures: number } & (
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: unknown; readonly stay: Stay | undefined }
);

export class Requester {
  readonly #ports: RequesterPorts;
  /** Whether the client says when a request leaves. Guessed, until a request has shown it. */
  #tells: boolean;
  #isSure = false;

  constructor(ports: RequesterPorts) {
    this.#ports = ports;
    const { middlewareStack } = ports.client as { middlewareStack?: { add?: unknown } };
    this.#tells = typeof middlewareStack?.add === 'function';
  }

  async make(errand: Errand, permit: Permit): Promise<Attempted> {
    const ports = this.#ports;
    const { kind, signal } = errand;
    const timer = new AttemptTimer();
    let departures = 0;
    let bookedAt: number | undefined;
    let unprepared: { readonly error: unknown } | undefined;
    const depart = (): Promise<void> | undefined => {
      // The time in which it waits for its turn is not the request's.
      timer.stop();
      const isBooked = bookedAt !== undefined;
      const isFresh = bookedAt !== undefined && steadyNow() - bookedAt <= LAG_MS;
      bookedAt = undefined;
      const leave = (): void => {
        timer.restart();
        if (isBooked) return;
        if (signal.aborted) throw reasonOf(signal);
        errand.onAttempt?.();
        if (signal.aborted) throw reasonOf(signal);
        departures += 1;
        ports.onRequests(kind, 1);
      };
      const book = (): Promise<void> | undefined => {
        const wait = isFresh ? undefined : permit.depart?.(signal);
        if (wait !== undefined) return wait.then(leave);
        leave();
        return undefined;
      };
      const prepared = isBooked ? undefined : errand.prepare?.();
      if (prepared === undefined) return book();
      return prepared.then(book, (error: unknown) => {
        unprepared = { error };
        throw error;
      });
    };
    const departure = new Departure(depart);
    let isMade = false;
    let heldUp: ReturnType<typeof setTimeout> | undefined;
    try {
      const command = errand.command();
      isMade = true;
      departure.watch(command);
      if (!this.#tells) {
        await depart();
        bookedAt = steadyNow();
      }
      const answer = attempt(ports.client, command, ports.requestTimeoutMs, signal, timer);
      this.#learn(departure, depart);
      if (this.#tells) heldUp = setTimeout(() => this.#tellHeldUp(errand, departure), HELD_UP_MS);
      return { ok: true, output: await answer, departures };
    } catch (error) {
      // Neither the client nor the credentials have kept it.
      if (unprepared !== undefined) throw unprepared.error;
      const stay = isMade ? await this.#stayOf(departure, error) : 'client';
      return { ok: false, error, stay, departures };
    } finally {
      clearTimeout(heldUp);
      departure.end();
      if (departure.isWatched) this.#tells = this.#isSure = true;
    }
  }

  #tellHeldUp({ chimeBearer }: Errand, { isHeldUp, stay }: Departure): void {
    if (!isHeldUp || stay === undefined) return;
    const error = stay === 'credentials' ? CredentialsTimeoutError : RequestTimeoutError;
    this.#ports.onHeldUp(chimeBearer, stay, new error(HELD_UP_MS));
  }

  /** The client composes its middlewares as it is called; what wraps one may do so later. */
  #learn(departure: Departure, depart: () => Promise<void> | undefined): void {
    if (departure.isWatched) this.#tells = this.#isSure = true;
    if (this.#isSure || !this.#tells) return;
    this.#tells = false;
    depart()?.catch(() => undefined);
  }

  async #stayOf({ stay }: Departure, error: unknown): Promise<Stay | undefined> {
    if (stay !== 'credentials' || error instanceof RequestTimeoutError) return stay;
    return (await hasNoRegion(this.#ports.client)) ? 'client' : stay;
  }
}
