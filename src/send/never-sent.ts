/**
 * Whether it is certain that a failed request did not reach the service. Pure. Only proof counts: the request was never
 * handed to the network, the connection was never made, or the service refused the only attempt. `navigator.onLine`, a
 * `TypeError` of `fetch` and a time-out prove nothing.
 */
import { asObject, tryRead } from '../shared/unknown-json.ts';
import type { RequestFailure } from '../core/ports/http.ts';

/** Node's system calls before the first byte of a request: resolving the host and connecting to it. */
const CONNECT_SYSCALLS: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);
const MAX_DEPTH = 4;
/** Kinds of failure that only the service's own response has. */
const refusals: ReadonlySet<RequestFailure['kind']> = new Set([
  'forbidden',
  'not-found',
  'invalid',
  'conflict',
  'client-error',
]);

/**
 * Whether it is certain that this attempt did not bring the message to the service.
 *
 * @param dispatches HTTP requests of the attempt that were dispatched
 */
export function neverArrived(failure: RequestFailure, dispatches: number): boolean {
  const { kind, error, httpAttempts = 1 } = failure;
  if (kind === 'unreachable' || dispatches === 0) return neverSent(failure, dispatches);
  // A refusal is about the last HTTP attempt alone.
  if (httpAttempts > 1 || dispatches > 1) return false;
  // For bad credentials and throttling, a response is needed: the client itself may report them without one.
  return refusals.has(kind) || hasResponse(error);
}

export function neverSent({ kind, error, httpAttempts = 1 }: RequestFailure, dispatches: number): boolean {
  if (dispatches === 0) return true;
  // The error is that of the last HTTP attempt alone.
  if (kind !== 'unreachable' || httpAttempts > 1 || dispatches > 1) return false;
  return (
    !hasResponse(error) &&
    tryRead(
      () => false,
      () => neverConnected(error),
    )
  );
}

/** Whether each error of the chain that names a system call failed before the request, and at least one names such a call. */
function neverConnected(error: unknown, depth = 0): boolean {
  const { syscall, errors, cause } = asObject(error) ?? {};
  if (syscall !== undefined && !CONNECT_SYSCALLS.has(syscall)) return false;
  const nested = [...(Array.isArray(errors) ? (errors as unknown[]) : []), ...(cause === undefined ? [] : [cause])];
  if (nested.length === 0) return syscall !== undefined;
  if (depth >= MAX_DEPTH) return false;
  // An AggregateError: Node tried all addresses of the host.
  if (syscall === undefined) return nested.every((each) => neverConnected(each, depth + 1));
  return nested.every((each) => namesNoSyscall(each) || neverConnected(each, depth + 1));
}

/** Whether an error has neither a system call nor nested errors. */
function namesNoSyscall(error: unknown): boolean {
  const { syscall, errors, cause } = asObject(error) ?? {};
  return syscall === undefined && errors === undefined && cause === undefined;
}

/** A response may name a `syscall` too: a gateway reports its own connections so, and the SDK copies the fields. */
function hasResponse(error: unknown): boolean {
  return tryRead(
    () => false,
    () => {
      const { $metadata, $response } = asObject(error) ?? {};
      return asObject($metadata)?.['httpStatusCode'] !== undefined || asObject($response)?.['statusCode'] !== undefined;
    },
  );
}
