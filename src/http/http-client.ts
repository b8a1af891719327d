/**
 * Executes requests: takes a permit, makes the attempt, retries it for a short time, and applies each result to the rate
 * limiter and the credentials breaker. The caller decides what a result means for a delivery.
 */
import { abortReason } from '../shared/abort.ts';
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import type {
  AcquireShared,
  ServiceResult,
  ServiceRequest,
  Permit,
  Priority,
  RequestKind,
  HttpPort,
  RequestFailure,
  FailureKind,
} from '../core/ports/http.ts';
import type { AttemptFact, TracePort } from '../core/ports/trace.ts';
import type { MessagingClient } from '../shared/client.ts';
import { monotonicNow } from '../shared/time.ts';
import { classifyError } from './classify-error.ts';
import { RateLimiter, type RateLimiterPorts } from './rate-limiter.ts';
import type { RateLimit } from './adaptive-rate.ts';
import { PermitSource } from './permits.ts';
import { Requester } from './requester.ts';
import { sdkAttemptsOf } from './sdk-attempts.ts';
import { retry, type RetryOptions } from './retry.ts';

export interface HttpClientOptions extends RateLimiterPorts {
  readonly client: MessagingClient;
  readonly rateLimit: RateLimit;
  readonly retry: RetryOptions;
  readonly requestTimeoutMs: number;
  readonly trace?: TracePort | undefined;
  /** Requests a permit of the shared rate limit; resolves with undefined if no other tab grants permits. */
  readonly sharedPermits?: AcquireShared | undefined;
  /** HTTP requests were dispatched; each attempt counts. */
  onRequests(kind: RequestKind, requests: number): void;
  /** The client cannot make a request; called at each attempt. */
  onUnusable(chimeBearer: string, error: unknown): void;
  onThrottled(chimeBearer: string, cost: Throttle, retryAfterMs: number | undefined): void;
}

interface Throttle {
  readonly requestsPerSecond: number;
  readonly pausedForMs: number;
}

export interface HttpClient extends HttpPort {
  /** A permit of the local rate limit alone, for a request of another tab: it counts as dispatched now. */
  acquireLocal(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
  /** The service has answered 429 to another tab of this bearer. */
  onThrottled(chimeBearer: string, retryAfterMs: number | undefined): void;
  /** The budget of a bearer now. */
  budgetOf: RateLimiter['budgetOf'];
  /** Drops the saved tokens: other tabs may just have spent as many. */
  drainTokens(): void;
  /** Lets suspended bearers probe at once: the credentials may have changed. */
  probeNow(): void;
  close(): void;
}

/** A failed attempt, as an error that p-retry can pass on. */
class RequestFailedError extends Error {
  readonly failure: RequestFailure;

  constructor(failure: RequestFailure) {
    super(failure.kind, { cause: failure.error });
    this.failure = failure;
  }
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { client, trace } = options;
  const limiter = new RateLimiter(options.rateLimit, options);
  const permits = new PermitSource(limiter, options.sharedPermits);

  const requester = new Requester({
    client,
    requestTimeoutMs: options.requestTimeoutMs,
    onDispatch: (request) => {
      options.onRequests(request.kind, 1);
      trace?.emit(() => ({ kind: 'attempt', ...describe(request) }));
    },
    onStalled: (chimeBearer, blocker, error) => {
      if (blocker === 'credentials') limiter.onCredentialsRejected(chimeBearer, error);
      else options.onUnusable(chimeBearer, error);
    },
  });

  async function request(serviceRequest: ServiceRequest, permit: Permit): Promise<unknown> {
    const { chimeBearer, kind, signal } = serviceRequest;
    let isUsed = false;
    const begun = monotonicNow();
    const onAnswer = (result: 'ok' | FailureKind, error?: unknown): void =>
      trace?.emit(() => ({
        kind: 'answer',
        ...describe(serviceRequest),
        result,
        ...(error === undefined ? {} : { error }),
        tookMs: monotonicNow() - begun,
      }));
    try {
      if (signal.aborted) throw new RequestFailedError({ kind: 'aborted', error: abortReason(signal) });
      const attempted = await requester.make(serviceRequest, permit);
      const { dispatches } = attempted;
      const blocker = attempted.ok ? undefined : attempted.blocker;
      // A request that the client cannot make uses up its permit, so that retries stay within the rate limit.
      isUsed = dispatches > 0 || (blocker === 'client' && !signal.aborted);
      if (attempted.ok) {
        chargeExtraAttempts(kind, chimeBearer, sdkAttemptsOf(attempted.output), dispatches);
        if (isFromService(attempted.output)) limiter.onAccepted(chimeBearer);
        onAnswer('ok');
        return attempted.output;
      }
      const { error } = attempted;
      if (signal.aborted) throw new RequestFailedError({ kind: 'aborted', error: abortReason(signal) });
      const failure = classifyError(error, Date.now(), blocker);
      chargeExtraAttempts(kind, chimeBearer, failure.httpAttempts, dispatches);
      applyFailure(chimeBearer, failure);
      serviceRequest.onAttemptFailed?.(failure);
      onAnswer(failure.kind, error);
      throw new RequestFailedError(failure);
    } finally {
      if (isUsed) permit.release();
      else permit.refund();
    }
  }

  /** Charges the attempts that the SDK made beyond those that were counted at dispatch. */
  function chargeExtraAttempts(
    kind: RequestKind,
    chimeBearer: string,
    attempts: number | undefined,
    dispatches: number,
  ): void {
    const more = (attempts ?? 0) - Math.max(1, dispatches);
    if (more <= 0) return;
    options.onRequests(kind, more);
    limiter.charge(chimeBearer, more);
  }

  function applyFailure(
    chimeBearer: string,
    { kind, error, notDispatched, byGateway, retryAfterMs }: RequestFailure,
  ): void {
    if (kind === 'unreachable' && notDispatched === true) options.onUnusable(chimeBearer, error);
    if (kind === 'throttled') {
      options.onThrottled(chimeBearer, limiter.onThrottled(chimeBearer, retryAfterMs), retryAfterMs);
    }
    if (kind === 'credentials') limiter.onCredentialsRejected(chimeBearer, error);
    else if (kind !== 'clock-skew' && kind !== 'unreachable' && byGateway !== true) limiter.onAccepted(chimeBearer);
  }

  async function acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit> {
    const asked = monotonicNow();
    const permit = await permits.acquire(chimeBearer, priority, signal);
    trace?.emit(() => ({ kind: 'permit', chimeBearer, priority, waitedMs: monotonicNow() - asked }));
    return permit;
  }

  const http: HttpClient = {
    // Without a listener to the trace, with no extra microtask.
    acquire: (...order) => (trace?.isObserved === true ? acquire(...order) : permits.acquire(...order)),
    acquireLocal: (...order) => permits.acquireLocal(...order),
    onThrottled: (chimeBearer, retryAfterMs) => void limiter.onThrottled(chimeBearer, retryAfterMs),
    drainTokens: () => permits.drainTokens(),

    async execute(serviceRequest: ServiceRequest): Promise<ServiceResult> {
      const { chimeBearer, priority, signal } = serviceRequest;
      let permitInHand = serviceRequest.permit;
      let clockCorrected = false;
      const once = async (): Promise<unknown> => {
        const permit = permitInHand ?? (await http.acquire(chimeBearer, priority, signal));
        permitInHand = undefined;
        return request(serviceRequest, permit);
      };
      const withClockCorrection = async (): Promise<unknown> => {
        try {
          return await once();
        } catch (error) {
          // The SDK corrects its clock from the answer to a signature with a wrong time: the next signature is right.
          if (clockCorrected || !(error instanceof RequestFailedError) || error.failure.kind !== 'clock-skew')
            throw error;
          clockCorrected = true;
          return once();
        }
      };
      try {
        const output = await (serviceRequest.retry === false || serviceRequest.retry === 'sdk'
          ? withClockCorrection()
          : retry(withClockCorrection, options.retry, signal, isRetryable));
        return { ok: true, output };
      } catch (error) {
        permitInHand?.refund();
        if (error instanceof RequestFailedError) {
          if (error.failure.kind === 'clock-skew') limiter.onCredentialsRejected(chimeBearer, error.failure.error);
          return { ok: false, failure: error.failure };
        }
        if (signal.aborted) return { ok: false, failure: { kind: 'aborted', error: abortReason(signal) } };
        // Any other error here (a command that cannot be made, say) is no answer, so that no delivery ends by it.
        return { ok: false, failure: { kind: 'unreachable', error } };
      }
    },

    budgetOf: (chimeBearer) => limiter.budgetOf(chimeBearer),

    probeNow: () => limiter.probeNow(),

    close: () => limiter.close(),
  };
  return http;
}

function describe({
  kind,
  chimeBearer,
  about,
}: ServiceRequest): Pick<AttemptFact, 'request' | 'chimeBearer' | 'deliveries'> {
  return { request: kind, chimeBearer, deliveries: about?.() ?? [] };
}

/** Whether the failure may pass within seconds. The caller handles the others. */
function isRetryable(error: Error): boolean {
  if (!(error instanceof RequestFailedError)) return false;
  const { kind, notDispatched } = error.failure;
  return (kind === 'unreachable' && notDispatched !== true) || kind === 'throttled';
}

/**
 * Whether the service sent this output: an empty one without a request id may come from a proxy. A client that gives no
 * metadata is not the SDK's; its output counts.
 */
function isFromService(output: unknown): boolean {
  return tryRead(
    () => false,
    () => {
      const fields = asObject(output) ?? {};
      const { $metadata } = fields;
      if ($metadata === undefined || isNonEmptyString(asObject($metadata)?.['requestId'])) return true;
      return Object.keys(fields).some((name) => name !== '$metadata' && fields[name] !== undefined);
    },
  );
}
