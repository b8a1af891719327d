import { describe, expect, it } from '@jest/globals';

import type { Trouble } from '../../src/core/trouble.ts';
import { isOffline, neverLeft } from '../../src/send/never-left.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
const circular = new Error('round');
circular.cause = circular;
const hostile = Object.defineProperty({}, 'syscall', {
  get: () => {
    throw new Error('do not look');
  },
});

function road(error: unknown, more: Partial<Trouble> = {}): Trouble {
  return { kind: 'road', error, ...more };
}

describe('a request without an answer', () => {
  it.each<[string, Trouble]>([
    ['was never connected', road(refused)],
    ['found no host', road(Object.assign(new Error('ENOTFOUND'), { syscall: 'getaddrinfo' }))],
    ['found all of its addresses closed', road(new AggregateError([refused, refused]))],
    ['was refused behind fetch', road(new TypeError('fetch failed', { cause: new AggregateError([refused]) }))],
    ['was not handed to the network', road(new Error('no credentials'), { stayed: true })],
  ])('cannot have arrived where it %s', (_name, trouble) => {
    expect(neverLeft(trouble, false)).toBe(true);
  });

  it.each<[string, Trouble]>([
    ['was cut off', road(reset)],
    ['was cut off on one of its roads', road(new AggregateError([refused, reset]))],
    ['failed in a browser, which does not say where', road(new TypeError('Failed to fetch'))],
    ['was refused at the last of several attempts', road(refused, { attempts: 2 })],
    ['failed in nobody knows what', road(undefined)],
    ['failed on no road', road(new AggregateError([]))],
    ['failed in something that goes round', road(circular)],
    ['failed in something that cannot be looked at', road(hostile)],
    ['was answered', { kind: 'forbidden', error: refused }],
  ])('may have arrived where it %s', (_name, trouble) => {
    expect(neverLeft(trouble, false)).toBe(false);
  });

  it('cannot have arrived where fetch failed and the browser knew itself offline; a time-out proves nothing there', () => {
    expect(neverLeft(road(new TypeError('Failed to fetch')), true)).toBe(true);
    expect(neverLeft(road(Object.assign(new Error('late'), { name: 'RequestTimeoutError' })), true)).toBe(false);
  });

  it('is not believed to be offline where the platform does not say so', () => {
    expect(isOffline()).toBe(false);
  });
});
