/**
 * Makes one attempt with a permit: counts each HTTP request as it goes out, reports a request that cannot go out, and says
 * whether it was dispatched. `classify-error.ts` classifies an error; `http-client.ts` decides whether to try again.
 */
import { abortReason } from '../shared/abort.ts';
import { CredentialsTimeoutError, RequestTimeoutError } from '../shared/errors.ts';
import type { ServiceRequest, Permit, DispatchBlocker } from '../core/ports/http.ts';
import type { MessagingClient } from '../shared/client.ts';
import { monotonicNow } from '../shared/time.ts';
import { attempt, AttemptTimer } from './attempt.ts';
import { DispatchProbe, hasNoRegion } from './dispatch-probe.ts';

/** A request that was not dispatched within this time is reported as stalled. */
const STALL_MS = 4_500;
/**
 * For how long a token that was counted covers a request that goes out later. Less than `NETWORK_JITTER_MS` of
 * `adaptive-rate.ts`.
 */
export const PERMIT_FRESH_MS = 50;

export interface RequesterPorts {
  readonly client: MessagingClient;
  readonly requestTimeoutMs: number;
  /** An HTTP request of this request is dispatched. */
  onDispatch(request: ServiceRequest): void;
  /** A request was neither dispatched within `STALL_MS`, nor has it failed. */
  onStalled(chimeBearer: string, blocker: DispatchBlocker, error: Error): void;
}

export type Attempted = { readonly dispatches: number } & (
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: unknown; readonly blocker: DispatchBlocker | undefined }
);

export class Requester {
  readonly #ports: RequesterPorts;
  /** Whether the client runs our middleware, and so reports the dispatch. A guess until a request has shown it. */
  #reportsDispatch: boolean;
  #isSure = false;

  constructor(ports: RequesterPorts) {
    this.#ports = ports;
    const { middlewareStack } = ports.client as { middlewareStack?: { add?: unknown } };
    this.#reportsDispatch = typeof middlewareStack?.add === 'function';
  }

  async make(request: ServiceRequest, permit: Permit): Promise<Attempted> {
    const ports = this.#ports;
    const { signal } = request;
    const timer = new AttemptTimer();
    let dispatches = 0;
    let countedAt: number | undefined;
    let prepareFailure: { readonly error: unknown } | undefined;
    const beforeDispatch = (): Promise<void> | undefined => {
      // The wait for a token does not count towards the request's time-out.
      timer.stop();
      const isCounted = countedAt !== undefined;
      const isFresh = countedAt !== undefined && monotonicNow() - countedAt <= PERMIT_FRESH_MS;
      countedAt = undefined;
      const onDispatch = (): void => {
        timer.restart();
        if (isCounted) return;
        if (signal.aborted) throw abortReason(signal);
        request.onAttempt?.();
        if (signal.aborted) throw abortReason(signal);
        dispatches += 1;
        ports.onDispatch(request);
      };
      const consumePermit = (): Promise<void> | undefined => {
        const wait = isFresh ? undefined : permit.consume?.(signal);
        if (wait !== undefined) return wait.then(onDispatch);
        onDispatch();
        return undefined;
      };
      const prepared = isCounted ? undefined : request.prepare?.();
      if (prepared === undefined) return consumePermit();
      return prepared.then(consumePermit, (error: unknown) => {
        prepareFailure = { error };
        throw error;
      });
    };
    const probe = new DispatchProbe(beforeDispatch);
    let isMade = false;
    let stallTimer: ReturnType<typeof setTimeout> | undefined;
    try {
      const command = request.command();
      isMade = true;
      probe.watch(command);
      if (!this.#reportsDispatch) {
        await beforeDispatch();
        countedAt = monotonicNow();
      }
      const response = attempt(ports.client, command, ports.requestTimeoutMs, signal, timer, request.retry === 'sdk');
      this.#detect(probe, beforeDispatch);
      if (this.#reportsDispatch) stallTimer = setTimeout(() => this.#reportStalled(request, probe), STALL_MS);
      return { ok: true, output: await response, dispatches };
    } catch (error) {
      // Neither the client nor the credentials blocked the request.
      if (prepareFailure !== undefined) throw prepareFailure.error;
      const blocker = isMade ? await this.#blockerOf(probe, error) : 'client';
      return { ok: false, error, blocker, dispatches };
    } finally {
      clearTimeout(stallTimer);
      probe.end();
      if (probe.isWatched) this.#reportsDispatch = this.#isSure = true;
    }
  }

  #reportStalled({ chimeBearer }: ServiceRequest, { isStalled, blocker }: DispatchProbe): void {
    if (!isStalled || blocker === undefined) return;
    const error = blocker === 'credentials' ? CredentialsTimeoutError : RequestTimeoutError;
    this.#ports.onStalled(chimeBearer, blocker, new error(STALL_MS));
  }

  /** The client composes its middleware as it is called; a wrapper around a client may do so later. */
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
