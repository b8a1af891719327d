/**
 * One HTTP attempt, from its permit to its end: counted as it leaves, told of where it cannot leave, and whether it has
 * left. What an error means is told by `classify-error.ts`; whether to try again, by `http-client.ts`.
 */
import { abortReason } from '../shared/abort.ts';
import { CredentialsTimeoutError, RequestTimeoutError } from '../shared/errors.ts';
import type { ServiceRequest, Permit, RequestKind, DispatchBlocker } from '../core/ports/http.ts';
import type { MessagingClient } from '../shared/client.ts';
import { monotonicNow } from '../shared/time.ts';
import { attempt, AttemptTimer } from './attempt.ts';
import { DispatchProbe, hasNoRegion } from './dispatch-probe.ts';

/** A request that has not left after so long is told of. */
const STALL_MS = 4_500;
/**
 * As long as this, what was counted still counts for what leaves. Less than what `adaptive-rate.ts` allows for travel.
 */
export const PERMIT_FRESH_MS = 50;

export interface RequesterPorts {
  readonly client: MessagingClient;
  readonly requestTimeoutMs: number;
  onRequests(kind: RequestKind, requests: number): void;
  /** A request does not leave, and has not failed yet. */
  onStalled(chimeBearer: string, blocker: DispatchBlocker, error: Error): void;
}

export type Attempted = { readonly dispatches: number } & (
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: unknown; readonly blocker: DispatchBlocker | undefined }
);

export class Requester {
  readonly #ports: RequesterPorts;
  /** Whether the client says when a request leaves. Guessed, until a request has shown it. */
  #reportsDispatch: boolean;
  #isSure = false;

  constructor(ports: RequesterPorts) {
    this.#ports = ports;
    const { middlewareStack } = ports.client as { middlewareStack?: { add?: unknown } };
    this.#reportsDispatch = typeof middlewareStack?.add === 'function';
  }

  async make(request: ServiceRequest, permit: Permit): Promise<Attempted> {
    const ports = this.#ports;
    const { kind, signal } = request;
    const timer = new AttemptTimer();
    let dispatches = 0;
    let bookedAt: number | undefined;
    let unprepared: { readonly error: unknown } | undefined;
    const beforeDispatch = (): Promise<void> | undefined => {
      // The time in which it waits for its turn is not the request's.
      timer.stop();
      const isBooked = bookedAt !== undefined;
      const isFresh = bookedAt !== undefined && monotonicNow() - bookedAt <= PERMIT_FRESH_MS;
      bookedAt = undefined;
      const onDispatch = (): void => {
        timer.restart();
        if (isBooked) return;
        if (signal.aborted) throw abortReason(signal);
        request.onAttempt?.();
        if (signal.aborted) throw abortReason(signal);
        dispatches += 1;
        ports.onRequests(kind, 1);
      };
      const book = (): Promise<void> | undefined => {
        const wait = isFresh ? undefined : permit.consume?.(signal);
        if (wait !== undefined) return wait.then(onDispatch);
        onDispatch();
        return undefined;
      };
      const prepared = isBooked ? undefined : request.prepare?.();
      if (prepared === undefined) return book();
      return prepared.then(book, (error: unknown) => {
        unprepared = { error };
        throw error;
      });
    };
    const probe = new DispatchProbe(beforeDispatch);
    let isMade = false;
    let heldUp: ReturnType<typeof setTimeout> | undefined;
    try {
      const command = request.command();
      isMade = true;
      probe.watch(command);
      if (!this.#reportsDispatch) {
        await beforeDispatch();
        bookedAt = monotonicNow();
      }
      const answer = attempt(ports.client, command, ports.requestTimeoutMs, signal, timer);
      this.#detect(probe, beforeDispatch);
      if (this.#reportsDispatch) heldUp = setTimeout(() => this.#reportStalled(request, probe), STALL_MS);
      return { ok: true, output: await answer, dispatches };
    } catch (error) {
      // Neither the client nor the credentials have kept it.
      if (unprepared !== undefined) throw unprepared.error;
      const blocker = isMade ? await this.#blockerOf(probe, error) : 'client';
      return { ok: false, error, blocker, dispatches };
    } finally {
      clearTimeout(heldUp);
      probe.end();
      if (probe.isWatched) this.#reportsDispatch = this.#isSure = true;
    }
  }

  #reportStalled({ chimeBearer }: ServiceRequest, { isStalled, blocker }: DispatchProbe): void {
    if (!isStalled || blocker === undefined) return;
    const error = blocker === 'credentials' ? CredentialsTimeoutError : RequestTimeoutError;
    this.#ports.onStalled(chimeBearer, blocker, new error(STALL_MS));
  }

  /** The client composes its middlewares as it is called; what wraps one may do so later. */
  #detect(probe: DispatchProbe, beforeDispatch: () => Promise<void> | undefined): void {
    if (probe.isWatched) this.#reportsDispatch = this.#isSure = true;
    if (this.#isSure || !this.#reportsDispatch) return;
    this.#reportsDispatch = false;
    beforeDispatch()?.catch(() => undefined);
  }

  async #blockerOf({ blocker }: DispatchProbe, error: unknown): Promise<DispatchBlocker | undefined> {
    if (blocker !== 'credentials' || error instanceof RequestTimeoutError) return blocker;
    return (await hasNoRegion(this.#ports.client)) ? 'client' : blocker;
  }
}
