/**
 * What a failed request means, in our words, read from the error that the SDK threw. Pure.
 * By its type first and HTTP status second, never by `instanceof`: two SDK copies and a newer service must come out right.
 * Only an error that carries the service's marks (`authorship.ts`) is its answer; whatever a gateway, a proxy or a captive
 * portal can produce is trouble on the road. A 429 slows down whoever says it: that costs time and ends nothing.
 */
import { asRecord, isText, readOr } from './as-record.ts';
import { errorTypeOf, headerOf, isFromService, kindOfName } from './authorship.ts';

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
  /** It is certain that the request never left. With the kind `road`: the client cannot make it. */
  readonly stayed?: boolean | undefined;
  /** A 429 without the service's marks: it says nothing of the credentials. */
  readonly byGateway?: boolean | undefined;
  /** HTTP attempts made, where the SDK says so. */
  readonly attempts?: number | undefined;
}

const kindsByStatus: ReadonlyMap<number, TroubleKind> = new Map([
  [400, 'invalid'],
  [401, 'credentials'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
]);
// What the SDK throws where an answer could not be read (measured); where it could, but named no error, it says `Unknown`.
const unreadable = new Set(['SyntaxError', 'TypeError']);

/** What kept a request from leaving: the credentials, or the client itself. */
export type Stay = 'credentials' | 'client';

/** What `error`, thrown by a request, means. `stay`: the request never left, so that nobody has answered it. */
export function toTrouble(error: unknown, now: number, stay?: Stay): Trouble {
  return readOr<Trouble>(
    () => ({ kind: 'road', error }),
    () => read(error, now, stay),
  );
}

function read(error: unknown, now: number, stay: Stay | undefined): Trouble {
  const { $metadata, $response } = asRecord(error) ?? {};
  const { attempts } = asRecord($metadata) ?? {};
  // What is refused before a request leaves is refused by whoever gives the credentials, whatever it is called.
  const kind = stay === undefined ? kindOf(error) : stay === 'credentials' ? 'credentials' : 'road';
  return {
    kind,
    error,
    stayed: stay !== undefined || undefined,
    byGateway: (kind === 'throttled' && !isFromService(error)) || undefined,
    retryAfterMs: kind === 'throttled' ? retryAfterMs($response, now) : undefined,
    attempts: typeof attempts === 'number' ? attempts : undefined,
  };
}

function kindOf(error: unknown): TroubleKind {
  const { name, $metadata, $response } = asRecord(error) ?? {};
  const type = errorTypeOf(error) ?? (isText(name) ? name : '');
  const named = kindOfName(type);
  const status = asRecord($metadata)?.['httpStatusCode'] ?? asRecord($response)?.['statusCode'];
  const isOwn = isFromService(error);
  if (isOwn && (named === 'skew' || named === 'credentials')) return named;
  if (status === 429 || named === 'throttled') return 'throttled';
  // What follows may end a delivery, so that it has to be an answer, and the service's.
  if (!isOwn || (isText(name) ? unreadable.has(name) : true)) return 'road';
  const isException = type.endsWith('Exception');
  if (status === undefined ? !isException : !isRefusal(status)) return 'road';
  if (named !== undefined) return named;
  if (typeof status !== 'number') return 'road';
  // An exception with 404 that is not about the message must not become a missing status, and that a denial.
  if (status === 404 && isException) return 'refused';
  return kindsByStatus.get(status) ?? 'refused';
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
