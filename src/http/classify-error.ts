/**
 * Classifies the error that the SDK threw. Pure. The error type counts first and the HTTP status second, never
 * `instanceof`: two copies of the SDK and a newer service must work. An error is the service's answer only if it carries
 * the service's marks (`error-origin.ts`); an error that a gateway, a proxy or a captive portal can produce is a network
 * failure. A 429 slows requests down, even without the marks: that costs time and ends no delivery.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import { errorTypeOf, headerOf, isFromService, kindOfName } from './error-origin.ts';
import { sdkAttemptsOf } from './sdk-attempts.ts';
import type { FailureKind, RequestFailure, DispatchBlocker } from '../core/ports/http.ts';

const kindsByStatus: ReadonlyMap<number, FailureKind> = new Map([
  [400, 'invalid'],
  [401, 'credentials'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
]);
// The SDK throws these when it cannot parse a response (measured). It throws `Unknown` for one that names no error.
const unreadable = new Set(['SyntaxError', 'TypeError']);

/** Classifies `error`, thrown by a request. With a `blocker`, the request was not dispatched: no service answered it. */
export function classifyError(error: unknown, now: number, blocker?: DispatchBlocker): RequestFailure {
  return tryRead<RequestFailure>(
    () => ({ kind: 'unreachable', error }),
    () => read(error, now, blocker),
  );
}

function read(error: unknown, now: number, blocker: DispatchBlocker | undefined): RequestFailure {
  const { $response } = asObject(error) ?? {};
  // An error before dispatch comes from the credentials provider or the client, whatever its name is.
  const kind = blocker === undefined ? kindOf(error) : blocker === 'credentials' ? 'credentials' : 'unreachable';
  return {
    kind,
    error,
    notDispatched: blocker !== undefined || undefined,
    byGateway: (kind === 'throttled' && !isFromService(error)) || undefined,
    retryAfterMs: kind === 'throttled' ? retryAfterMs($response, now) : undefined,
    httpAttempts: sdkAttemptsOf(error),
  };
}

function kindOf(error: unknown): FailureKind {
  const { name, $metadata, $response } = asObject(error) ?? {};
  const type = errorTypeOf(error) ?? (isNonEmptyString(name) ? name : '');
  const named = kindOfName(type);
  const status = asObject($metadata)?.['httpStatusCode'] ?? asObject($response)?.['statusCode'];
  const isOwn = isFromService(error);
  if (isOwn && (named === 'clock-skew' || named === 'credentials')) return named;
  if (status === 429 || named === 'throttled') return 'throttled';
  // The kinds below may end a delivery, so that only a response of the service may give them.
  if (!isOwn || (isNonEmptyString(name) ? unreadable.has(name) : true)) return 'unreachable';
  const isException = type.endsWith('Exception');
  if (status === undefined ? !isException : !isRefusal(status)) return 'unreachable';
  if (named !== undefined) return named;
  if (typeof status !== 'number') return 'unreachable';
  // Another exception with 404 is not about the message; it must not count as a missing status, which may mean DENIED.
  if (status === 404 && isException) return 'client-error';
  return kindsByStatus.get(status) ?? 'client-error';
}

function isRefusal(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

/** Longest `Retry-After` that is obeyed, in milliseconds. A wrong value must not stop a tracker for days. */
export const MAX_RETRY_AFTER_MS = 60_000;

function retryAfterMs(response: unknown, now: number): number | undefined {
  const header = headerOf(response, 'retry-after');
  if (typeof header !== 'number' && (typeof header !== 'string' || header.trim() === '')) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(String(header)) - now : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
