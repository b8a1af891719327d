/**
 * Whether a request that got no answer can have reached anybody. Pure. Only what proves that it cannot counts: a command that
 * was never handed to the network, a connection that was never made, or a browser that knew itself offline.
 */
import { asRecord, readOr } from '../core/as-record.ts';
import type { Trouble } from '../core/trouble.ts';

/** What Node calls finding and reaching the host, before the first byte of a request. */
const BEFORE_THE_REQUEST: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

/** @param offline whether the platform said that it was offline, both as the request left and as it failed */
export function neverLeft({ kind, error, stayed, attempts = 1 }: Trouble, offline: boolean): boolean {
  if (kind !== 'road' || stayed === true) return kind === 'road';
  // Of several attempts of the SDK's own, only the last one is told of.
  if (attempts > 1) return false;
  return readOr(
    () => false,
    () => neverConnected(error) || (offline && asRecord(error)?.['name'] === 'TypeError'),
  );
}

function neverConnected(error: unknown, depth = 0): boolean {
  const { syscall, errors, cause } = asRecord(error) ?? {};
  if (BEFORE_THE_REQUEST.has(syscall)) return true;
  // All addresses of a host were tried in vain.
  if (depth > 2) return false;
  if (Array.isArray(errors) && errors.length > 0) return errors.every((each) => neverConnected(each, depth + 1));
  return cause !== undefined && neverConnected(cause, depth + 1);
}

/** Whether the platform knows itself offline; where it does not say, it is not believed to be. */
export function isOffline(): boolean {
  return (globalThis as { navigator?: { onLine?: unknown } }).navigator?.onLine === false;
}
