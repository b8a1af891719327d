/**
 * What a failed request means, in our words, read from the error that the SDK threw. Pure.
 * By `name` first and HTTP status second, never by `instanceof`: two SDK copies, a newer service, and a CORS filter that
 * hides the error-type header must all come out right. Only an error that is plainly the service's own counts as its
 * answer; whatever a proxy or a captive portal can produce is trouble on the road.
 */
import { isText, readOr } from './as-record.ts';

export type TroubleKind =
  /** Above the budget: 429, or a throttle by name. */
  | 'throttled'
  /** Bad, expired or missing credentials. */
  | 'credentials'
  /** The signature's time is off. The SDK has corrected its clock from the answer: one more attempt at once is right. */
  | 'skew'
  /** Not permitted. */
  | 'forbidden'
  /** The modelled 404. */
  | 'not-found'
  /** 400: the question is wrong, and stays wrong. */
  | 'invalid'
  /** 409. */
  | 'conflict'
  /** Any other 4xx that is the service's own. */
  | 'refused'
  /** We, or the app, called it off. Never read from an error: an abort by anybody else is trouble on the road. */
  | 'aborted'
  /** No answer: network, time-out, 5xx, an unreadable body. */
  | 'road';

export interface Trouble {
  readonly kind: TroubleKind;
  readonly error: unknown;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** It is certain that the request never left. */
  readonly stayed?: boolean | undefined;
  /** HTTP attempts made, where the SDK says so. */
  readonly attempts?: number | undefined;
}

// The names are those of AWS services with SigV4 in general; measured for this service: ExpiredTokenException (403).
const skewNames = new Set([
  'RequestTimeTooSkewed',
  'RequestTimeTooSkewedException',
  'RequestExpired',
  'RequestInTheFuture',
]);
const credentialNames =
  /^(ExpiredToken|UnrecognizedClient|UnauthorizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken|TokenRefreshRequired|IncompleteSignature|MissingAuthenticationToken|AuthFailure|NotAuthorized|CredentialsProvider|TokenProvider|Credentials)(Exception|Error)?$/;
const throttleNames =
  /^(ThrottledClient|Throttling|Throttled|RequestThrottled|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|LimitExceeded)(Exception|Error)?$/;

const kindsByName: readonly (readonly [RegExp, TroubleKind])[] = [
  [/^(BadRequest|Validation|Serialization|ResourceLimitExceeded)(Exception|Error)?$/, 'invalid'],
  [/^(Forbidden|AccessDenied)(Exception|Error)?$/, 'forbidden'],
  [/^(Resource)?NotFound(Exception|Error)?$/, 'not-found'],
  [/^Conflict(Exception|Error)?$/, 'conflict'],
];
const kindsByStatus: ReadonlyMap<number, TroubleKind> = new Map([
  [400, 'invalid'],
  [401, 'credentials'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
]);
// What the SDK throws where an answer could not be read (measured); where it could, but named no error, it says `Unknown`.
const unreadable = new Set(['', 'SyntaxError', 'TypeError']);

interface SdkError {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown; readonly attempts?: unknown };
  readonly $response?: { readonly statusCode?: unknown; readonly headers?: Record<string, unknown> };
}

/** What `error`, thrown by a request, means. `stayed`: the request never left, so that it is nobody's answer to it. */
export function toTrouble(error: unknown, now: number, stayed = false): Trouble {
  return readOr<Trouble>(
    () => ({ kind: 'road', error }),
    () => read(error, now, stayed),
  );
}

function read(error: unknown, now: number, stayed: boolean): Trouble {
  const kind = stayed ? kindBeforeLeaving(error) : kindOf(error);
  const attempts = asError(error).$metadata?.attempts;
  return {
    kind,
    error,
    stayed: stayed || undefined,
    retryAfterMs: kind === 'throttled' ? retryAfterMs(error, now) : undefined,
    attempts: typeof attempts === 'number' ? attempts : undefined,
  };
}

/** What is refused before a request leaves is refused by whoever gives the credentials. */
function kindBeforeLeaving(error: unknown): TroubleKind {
  const kind = kindOf(error);
  return kind === 'road' || kind === 'throttled' ? 'road' : 'credentials';
}

function kindOf(error: unknown): TroubleKind {
  const { name, $metadata, $response } = asError(error);
  const named = typeof name === 'string' ? name : '';
  if (skewNames.has(named)) return 'skew';
  if (credentialNames.test(named)) return 'credentials';
  if (throttleNames.test(named)) return 'throttled';
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === 429) return 'throttled';
  // What follows may end a delivery, so that it has to be an answer. `NotFoundError` and `ValidationError` are also names of
  // errors of browsers and libraries, which no server has ever seen.
  const isException = named.endsWith('Exception');
  if (status === undefined ? !isException : !isRefusal(status)) return 'road';
  for (const [names, kind] of kindsByName) if (names.test(named)) return kind;
  // A gateway's JSON may have a `code` of its own, which the SDK takes for the name. A plain `Error` is a client's own.
  const isOwn = isException || isText($metadata?.requestId) || (named === 'Error' && status !== 404);
  if (unreadable.has(named) || typeof status !== 'number' || !isOwn) return 'road';
  // An exception with 404 that is not about the message must not become a missing status, and that a denial.
  if (status === 404 && isException) return 'refused';
  return kindsByStatus.get(status) ?? 'refused';
}

function isRefusal(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

/** Longest `Retry-After` that is obeyed, in milliseconds: a broken or hostile value must not stop a tracker for days. */
export const MAX_RETRY_AFTER_MS = 60_000;

function retryAfterMs(error: unknown, now: number): number | undefined {
  const headers = asError(error).$response?.headers;
  const header = headers?.['retry-after'] ?? headers?.['Retry-After'];
  if (typeof header !== 'number' && (typeof header !== 'string' || header.trim() === '')) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(String(header)) - now : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function asError(error: unknown): SdkError {
  return typeof error === 'object' && error !== null ? error : {};
}
