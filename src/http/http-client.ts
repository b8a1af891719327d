/**
 * The HTTP client, whole: a permit from the budget, one attempt, short retries by p-retry, and what each answer
 * means for the pace and for the suspension. What it means for a delivery is judged by the caller.
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
} from '../core/ports/http.ts';
import type { Logger, MessagingClient } from '../shared/client.ts';
import { classifyError } from './classify-error.ts';
import { RateLimiter, type RateLimiterPorts } from './rate-limiter.ts';
import type { RateLimit } from './adaptive-rate.ts';
import { PermitSource } from './permits.ts';
import { Requester } from './requester.ts';
import { retry, type RetryOptions } from './retry.ts';

export interface HttpClientOptions extends RateLimiterPorts {
  readonly client: MessagingClient;
  readonly rateLimit: RateLimit;
  readonly retry: RetryOptions;
  readonly requestTimeoutMs: number;
  readonly logger: Logger | undefined;
  /** A permit from whoever keeps the budget that this one is a part of; undefined where there is nobody to ask. */
  readonly sharedPermits?: AcquireShared | undefined;
  /** HTTP requests have left, each attempt counted. */
  onRequests(kind: RequestKind, requests: number): void;
  /** The client cannot make a request; told at each try. */
  onUnusable(chimeBearer: string, error: unknown): void;
  onThrottled(chimeBearer: string, cost: Throttle, retryAfterMs: number | undefined): void;
}

interface Throttle {
  readonly requestsPerSecond: number;
  readonly pausedForMs: number;
}

export interface HttpClient extends HttpPort {
  /** A permit from the own budget alone, for a request that another makes: counted as one that leaves now. */
  acquireLocal(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
  /** The service has answered 429 to somebody else of this bearer. */
  onThrottled(chimeBearer: string, retryAfterMs: number | undefined): void;
  /** Others have just spent the budget. */
  drainTokens(): void;
  /** A sign that things may have changed for the better. */
  probeNow(): void;
  close(): void;
}

/** How an attempt failed, as something that can be thrown through p-retry. */
class RequestFailedError extends Error {
  readonly failure: RequestFailure;

  constructor(failure: RequestFailure) {
    super(failure.kind, { cause: failure.error });
    this.failure = failure;
  }
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { client, logger } = options;
  const limiter = new RateLimiter(options.rateLimit, options);
  const permits = new PermitSource(limiter, options.sharedPermits);

  const requester = new Requester({
    client,
    requestTimeoutMs: options.requestTimeoutMs,
    onRequests: (kind, requests) => options.onRequests(kind, requests),
    onStalled: (chimeBearer, blocker, error) => {
      if (blocker === 'credentials') limiter.onCredentialsRejected(chimeBearer, error);
      else options.onUnusable(chimeBearer, error);
    },
  });

  async function request(serviceRequest: ServiceRequest, permit: Permit): Promise<unknown> {
    const { chimeBearer, kind, signal } = serviceRequest;
    let isUsed = false;
    try {
      if (signal.aborted) throw new RequestFailedError({ kind: 'aborted', error: abortReason(signal) });
      const attempted = await requester.make(serviceRequest, permit);
      const { dispatches } = attempted;
      const blocker = attempted.ok ? undefined : attempted.blocker;
      // What the client cannot make costs its permit, so that it is tried no faster than the service would be asked.
      isUsed = dispatches > 0 || (blocker === 'client' && !signal.aborted);
      if (attempted.ok) {
        book(kind, chimeBearer, attemptsOf(attempted.output), dispatches);
        if (isFromService(attempted.output)) limiter.onAccepted(chimeBearer);
        return attempted.output;
      }
      const { error } = attempted;
      if (signal.aborted) throw new RequestFailedError({ kind: 'aborted', error: abortReason(signal) });
      const failure = classifyError(error, Date.now(), blocker);
      book(kind, chimeBearer, failure.httpAttempts, dispatches);
      learn(chimeBearer, failure);
      serviceRequest.onAttemptFailed?.(failure);
      logger?.debug(`chime-delivery: ${kind} request: ${failure.kind}`, error);
      throw new RequestFailedError(failure);
    } finally {
      if (isUsed) permit.release();
      else permit.refund();
    }
  }

  /** The attempts that the SDK made beyond those that were counted as they left. */
  function book(kind: RequestKind, chimeBearer: string, attempts: number | undefined, dispatches: number): void {
    const more = (attempts ?? 0) - Math.max(1, dispatches);
    if (more <= 0) return;
    options.onRequests(kind, more);
    limiter.charge(chimeBearer, more);
  }

  function learn(chimeBearer: string, { kind, error, notDispatched, byGateway, retryAfterMs }: RequestFailure): void {
    if (kind === 'unreachable' && notDispatched === true) options.onUnusable(chimeBearer, error);
    if (kind === 'throttled') {
      options.onThrottled(chimeBearer, limiter.onThrottled(chimeBearer, retryAfterMs), retryAfterMs);
    }
    if (kind === 'credentials') limiter.onCredentialsRejected(chimeBearer, error);
    else if (kind !== 'clock-skew' && kind !== 'unreachable' && byGateway !== true) limiter.onAccepted(chimeBearer);
  }

  return {
    acquire: (...order) => permits.acquire(...order),
    acquireLocal: (...order) => permits.acquireLocal(...order),
    onThrottled: (chimeBearer, retryAfterMs) => void limiter.onThrottled(chimeBearer, retryAfterMs),
    drainTokens: () => permits.drainTokens(),

    async execute(serviceRequest: ServiceRequest): Promise<ServiceResult> {
      const { chimeBearer, priority, signal } = serviceRequest;
      let given = serviceRequest.permit;
      let clockCorrected = false;
      const once = async (): Promise<unknown> => {
        const permit = given ?? (await permits.acquire(chimeBearer, priority, signal));
        given = undefined;
        return request(serviceRequest, permit);
      };
      const onceOrTwice = async (): Promise<unknown> => {
        try {
          return await once();
        } catch (error) {
          // The answer to a signature whose time is off corrects the SDK's clock: the next one is right.
          if (clockCorrected || !(error instanceof RequestFailedError) || error.failure.kind !== 'clock-skew')
            throw error;
          clockCorrected = true;
          return once();
        }
      };
      try {
        const output = await (serviceRequest.retry === false
          ? onceOrTwice()
          : retry(onceOrTwice, options.retry, signal, isRetryable));
        return { ok: true, output };
      } catch (error) {
        given?.refund();
        if (error instanceof RequestFailedError) {
          if (error.failure.kind === 'clock-skew') limiter.onCredentialsRejected(chimeBearer, error.failure.error);
          return { ok: false, failure: error.failure };
        }
        if (signal.aborted) return { ok: false, failure: { kind: 'aborted', error: abortReason(signal) } };
        // Whatever else goes wrong here (a command that cannot be made, say) is no answer, and nothing is forgotten for it.
        return { ok: false, failure: { kind: 'unreachable', error } };
      }
    },

    probeNow: () => limiter.probeNow(),

    close: () => limiter.close(),
  };
}

/** Which failures pass by themselves within seconds. The rest is for the caller. */
function isRetryable(error: Error): boolean {
  if (!(error instanceof RequestFailedError)) return false;
  const { kind, notDispatched } = error.failure;
  return (kind === 'unreachable' && notDispatched !== true) || kind === 'throttled';
}

function attemptsOf(output: unknown): number | undefined {
  const attempts = tryRead<unknown>(
    () => undefined,
    () => asObject(asObject(output)?.['$metadata'])?.['attempts'],
  );
  return typeof attempts === 'number' ? attempts : undefined;
}

/** Whether an output is more than the nothing that a proxy can give. A client that gives no metadata is no SDK's. */
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
