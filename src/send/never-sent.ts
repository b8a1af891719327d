/**
 * Whether a request that brought no message can have reached anybody. Pure. Only what proves that it cannot counts: a request
 * that was never handed to the network, a connection that was never made, a refusal of the only attempt. What a platform says
 * of itself (`navigator.onLine`), a `TypeError` of `fetch` and a time-out prove nothing.
 */
import { asObject, tryRead } from '../shared/unknown-json.ts';
import type { RequestFailure } from '../core/ports/http.ts';

/** What Node calls finding and reaching the host, before the first byte of a request. */
const BEFORE_THE_REQUEST: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);
const MAX_DEPTH = 4;
/** Kinds of failure that only the service's own answer has. */
const refusals: ReadonlySet<RequestFailure['kind']> = new Set([
  'forbidden',
  'not-found',
  'invalid',
  'conflict',
  'client-error',
]);

/**
 * Whether it is certain that the service does not have the message because of this attempt.
 *
 * @param dispatches HTTP requests of the attempt that have left
 */
export function neverArrived(failure: RequestFailure, dispatches: number): boolean {
  const { kind, error, httpAttempts = 1 } = failure;
  if (kind === 'unreachable' || dispatches === 0) return neverSent(failure, dispatches);
  // A refusal speaks of the last attempt alone.
  if (httpAttempts > 1 || dispatches > 1) return false;
  // Bad credentials and too many requests may also be what the client itself, or a gateway, says.
  return refusals.has(kind) || isAnswer(error);
}

export function neverSent({ kind, error, httpAttempts = 1 }: RequestFailure, dispatches: number): boolean {
  if (dispatches === 0) return true;
  // Of several attempts of the client's own, only the last one is told of.
  if (kind !== 'unreachable' || httpAttempts > 1 || dispatches > 1) return false;
  return (
    !isAnswer(error) &&
    tryRead(
      () => false,
      () => neverConnected(error),
    )
  );
}

/** Every error of the chain that says where it failed has to say that it was before the request; one at least does. */
function neverConnected(error: unknown, depth = 0): boolean {
  const { syscall, errors, cause } = asObject(error) ?? {};
  if (syscall !== undefined && !BEFORE_THE_REQUEST.has(syscall)) return false;
  const nested = [...(Array.isArray(errors) ? (errors as unknown[]) : []), ...(cause === undefined ? [] : [cause])];
  if (nested.length === 0) return syscall !== undefined;
  if (depth >= MAX_DEPTH) return false;
  // All addresses of a host were tried, and none was reached.
  if (syscall === undefined) return nested.every((each) => neverConnected(each, depth + 1));
  return nested.every((each) => saysNothing(each) || neverConnected(each, depth + 1));
}

/** Whether an error, with all that it carries, does not say where it failed. */
function saysNothing(error: unknown): boolean {
  const { syscall, errors, cause } = asObject(error) ?? {};
  return syscall === undefined && errors === undefined && cause === undefined;
}

/** An answer may carry anything: a gateway tells of its own connections in the same words, and the SDK copies its fields. */
function isAnswer(error: unknown): boolean {
  return tryRead(
    () => false,
    () => {
      const { $metadata, $response } = asObject(error) ?? {};
      return asObject($metadata)?.['httpStatusCode'] !== undefined || asObject($response)?.['statusCode'] !== undefined;
    },
  );
}
