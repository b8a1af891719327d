import { describe, expect, it } from '@jest/globals';

import type { RequestFailure } from '../../src/core/ports/http.ts';
import { neverArrived, neverSent } from '../../src/send/never-sent.ts';

function failed(syscall: string, code: string, more: object = {}): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, ...more });
}
const refused = failed('connect', 'ECONNREFUSED');
const reset = failed('read', 'ECONNRESET');
const circular = new Error('round');
circular.cause = circular;
const hostile = Object.defineProperty({}, 'syscall', {
  get: () => {
    throw new Error('do not poll');
  },
});

function networkFailure(error: unknown, more: Partial<RequestFailure> = {}): RequestFailure {
  return { kind: 'unreachable', error, ...more };
}

describe('a request without a response', () => {
  it.each<[string, RequestFailure]>([
    ['was never connected', networkFailure(refused)],
    ['found no host', networkFailure(failed('getaddrinfo', 'ENOTFOUND'))],
    ['found all of its addresses closed', networkFailure(new AggregateError([refused, refused]))],
    [
      'found all of its addresses closed, as reported by Node',
      networkFailure(failed('connect', 'ETIMEDOUT', { errors: [refused] })),
    ],
    [
      'was refused behind fetch',
      networkFailure(new TypeError('fetch failed', { cause: new AggregateError([refused]) })),
    ],
    [
      'was refused, without a further reason',
      networkFailure(failed('connect', 'EHOSTUNREACH', { cause: new Error('?') })),
    ],
  ])('cannot have arrived if it %s', (_name, failure) => {
    expect([neverSent(failure, 1), neverArrived(failure, 1)]).toEqual([true, true]);
  });

  it.each<[string, RequestFailure]>([
    ['was cut off', networkFailure(reset)],
    ['was cut off on one of its addresses', networkFailure(new AggregateError([refused, reset]))],
    [
      'was cut off on one of its addresses, as reported by Node',
      networkFailure(failed('connect', 'X', { errors: [refused, reset] })),
    ],
    ['was cut off, and then not connected again', networkFailure(failed('connect', 'ECONNREFUSED', { cause: reset }))],
    ['was cut off because a connection was refused', networkFailure(failed('read', 'ECONNRESET', { cause: refused }))],
    ['was not written completely to a kept-alive connection', networkFailure(failed('write', 'EPIPE'))],
    ['failed in a browser, which does not report the place', networkFailure(new TypeError('Failed to fetch'))],
    [
      'failed in a browser with some other cause',
      networkFailure(new TypeError('Failed to fetch', { cause: new Error('?') })),
    ],
    ['was refused at the last of several attempts', networkFailure(refused, { httpAttempts: 2 })],
    [
      'was stopped before the last of several attempts',
      networkFailure(refused, { httpAttempts: 2, notDispatched: true }),
    ],
    [
      'was answered by a gateway that was itself refused',
      networkFailure(failed('connect', 'ECONNREFUSED', { $metadata: { httpStatusCode: 502 } })),
    ],
    [
      'was answered by a gateway without details',
      networkFailure(failed('connect', 'ECONNREFUSED', { $response: { statusCode: 502 } })),
    ],
    ['failed for an unknown reason', networkFailure(undefined)],
    ['failed at no address', networkFailure(new AggregateError([]))],
    ['failed with a circular cause', networkFailure(circular)],
    ['failed with a cause that cannot be read', networkFailure(hostile)],
  ])('may have arrived if it %s', (_name, failure) => {
    expect([neverSent(failure, 1), neverArrived(failure, 1)]).toEqual([false, false]);
  });

  it('may have arrived if the platform is offline', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true });
    try {
      expect(neverArrived(networkFailure(new TypeError('Failed to fetch')), 1)).toBe(false);
    } finally {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
      else Object.defineProperty(globalThis, 'navigator', before);
    }
  });
});

describe('the number of requests of an attempt that left', () => {
  it('proves, when it is zero, that nothing left, whatever the error looks like', () => {
    expect(neverArrived(networkFailure(new Error('RequestTimeoutError')), 0)).toBe(true);
    expect(neverArrived({ kind: 'credentials', error: new Error('no keys'), httpAttempts: 3 }, 0)).toBe(true);
  });

  it('refutes, when it is one, that nothing left', () => {
    expect(neverArrived(networkFailure(new Error('no credentials'), { notDispatched: true }), 1)).toBe(false);
  });

  it('refutes, when it is larger, that the last connection was the only one', () => {
    expect([1, 2].map((dispatches) => neverArrived(networkFailure(refused), dispatches))).toEqual([true, false]);
  });
});

describe('a request that was refused', () => {
  const error = { $metadata: { httpStatusCode: 403 } };

  it('has not arrived if that was its only attempt', () => {
    expect(neverArrived({ kind: 'forbidden', error }, 1)).toBe(true);
  });

  it('may have arrived if that was the last of several attempts', () => {
    expect(neverArrived({ kind: 'forbidden', error, httpAttempts: 2 }, 1)).toBe(false);
    expect(neverArrived({ kind: 'throttled', error }, 2)).toBe(false);
  });

  it('may have arrived if it left, and the refusal is no response', () => {
    const local = Object.assign(new Error('expired'), { name: 'CredentialsProviderError' });
    expect(neverArrived({ kind: 'credentials', error: local }, 1)).toBe(false);
  });
});
