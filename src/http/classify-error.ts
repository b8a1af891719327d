/**
 * What a failed request means, in our words, read from the error that the SDK threw. Pure. By its type first and HTTP
 * status second, never by `instanceof`: two SDK copies and a newer service must come out right. Only an error that
 * carries the service's marks (`error-origin.ts`) is its answer; whatever a gateway, a proxy or a captive portal can
 * produce is a network failure. A 429 slows down whoever says it: that costs time and ends nothing.
 */
import { asObject, isNonEmptyString, tryRead } from '../shared/unknown-json.ts';
import { errorTypeOf, headerOf, isFromService, kindOfName } from './error-origin.ts';
import type { FailureKind, RequestFailure, DispatchBlocker } from '../core/ports/http.ts';

const kindsByStatus: ReadonlyMap<number, FailureKind> = new Map([
  [400, 'invalid'],
  [401, 'credentials'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
]);
// What the SDK throws where an answer could not be read (measured); where it could, but named no error, it says `Unknown`.
const unreadable = new Set(['SyntaxError', 'TypeError']);

/** What `error`, thrown by a request, means. `blocker`: the request never left, so that nobody has answered it. */
export function classifyError(error: unknown, now: number, blocker?: DispatchBlocker): RequestFailure {
  return tryRead<RequestFailure>(
    () => ({ kind: 'unreachable', error }),
    () => read(error, now, blocker),
  );
}

function read(error: unknown, now: number, blocker: DispatchBlocker | undefined): RequestFailure {
  const { $metadata, $response } = asObject(error) ?? {};
  const { attempts } = asObject($metadata) ?? {};
  // What is refused before a request leaves is refused by whoever gives the credentials, whatever it is called.
  const kind = blocker === undefined ? kindOf(error) : blocker === 'credentials' ? 'credentials' : 'unreachable';
  return {
    kind,
    error,
    notDispatched: blocker !== undefined || undefined,
    byGateway: (kind === 'throttled' && !isFromService(error)) || undefined,
    retryAfterMs: kind === 'throttled' ? retryAfterMs($response, now) : undefined,
    httpAttempts: typeof attempts === 'number' ? attempts : undefined,
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
  // What follows may end a delivery, so that it has to be an answer, and the service's.
  if (!isOwn || (isNonEmptyString(name) ? unreadable.has(name) : true)) return 'unreachable';
  const isException = type.endsWith('Exception');
  if (status === undefined ? !isException : !isRefusal(status)) return 'unreachable';
  if (named !== undefined) return named;
  if (typeof status !== 'number') return 'unreachable';
  // An exception with 404 that is not about the message must not become a missing status, and that a denial.
  if (status === 404 && isException) return 'client-error';
  return kindsByStatus.get(status) ?? 'client-error';
}

function isRefusal(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

/** Longest `Retry-After` that is obeyed, in milliseconds: a broken or hostile value must not stop a tracker for days. */
export const MAX_RETRY_AFTER_MS = 60_000;

function retryAfterMs(response: unknown, now: number): number | undefined {
  const header = headerOf(response, 'retry-after');
  if (typeof header !== 'number' && (typeof header !== 'string' || header.trim() === '')) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(String(header)) - now : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
