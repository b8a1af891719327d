import { describe, expect, it } from '@jest/globals';
import {
  DeliveryForgottenError,
  InvalidArgumentError,
  isChimeDeliveryError,
  ListenerError,
  MissingPermissionError,
  RequestTimeoutError,
  SendExpiredError,
  StoreError,
  TrackerClosedError,
} from '../../src/shared/errors.ts';
import { alice } from '../support/delivery-record.ts';

const cause = new Error('what the service said');

describe('an error of ours', () => {
  it.each([
    [
      new InvalidArgumentError('id', 'an id', 7),
      'InvalidArgumentError',
      'INVALID_ARGUMENT',
      { argument: 'id', received: 7 },
    ],
    [new TrackerClosedError(), 'TrackerClosedError', 'TRACKER_CLOSED', {}],
    [new DeliveryForgottenError('m1'), 'DeliveryForgottenError', 'DELIVERY_FORGOTTEN', { id: 'm1' }],
    [
      new MissingPermissionError('chime:GetChannelMessageStatus', alice, cause),
      'MissingPermissionError',
      'MISSING_PERMISSION',
      { action: 'chime:GetChannelMessageStatus', chimeBearer: alice, cause },
    ],
    [new RequestTimeoutError(500), 'RequestTimeoutError', 'REQUEST_TIMEOUT', { timeoutMs: 500 }],
    [new ListenerError('sent', cause), 'ListenerError', 'LISTENER_FAILED', { event: 'sent', cause }],
    [new StoreError('setItem', cause), 'StoreError', 'STORE_FAILED', { operation: 'setItem', cause }],
    [new SendExpiredError(500, cause), 'SendExpiredError', 'SEND_EXPIRED', { expireMs: 500, cause }],
  ])('has a name, a code and the details: %s', (error, name, code, facts) => {
    expect(error).toMatchObject({ name, code, ...facts });
    expect([error instanceof Error, isChimeDeliveryError(error)]).toEqual([true, true]);
  });

  it('names the missing permission in its message', () => {
    const { message } = new MissingPermissionError('chime:GetChannelMessageStatus', alice, cause);
    expect(message).toContain('chime:GetChannelMessageStatus');
    expect(message).toContain(alice);
  });

  it('names what failed, and its cause', () => {
    expect(new StoreError('getKeys', cause).message).toBe(
      'The store failed at getKeys(): what the service said Until it works again, nothing survives this process.',
    );
    expect(new StoreError('getKeys', 'full').message).toContain("getKeys(): 'full' ");
    expect(new SendExpiredError(500, cause).message).toContain('within 500 ms');
    expect(new ListenerError('sent', cause).message).toBe("A listener for 'sent' threw: what the service said");
    expect(new ListenerError('sent', 7).message).toBe("A listener for 'sent' threw: 7");
  });

  it('is distinguished from all other errors', () => {
    for (const other of [cause, undefined, null, 'text', { code: 'TRACKER_CLOSED' }, new TypeError('no')])
      expect(isChimeDeliveryError(other)).toBe(false);
  });
});

describe('an invalid argument in an error', () => {
  class Channel {
    readonly name = 'general';
  }
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [Number.NaN, 'NaN'],
    [-1, '-1'],
    [10n, '10n'],
    ['', "''"],
    ['five', "'five'"],
    ['x'.repeat(60), `'${'x'.repeat(60)}'`],
    ['x'.repeat(500), `'${'x'.repeat(60)}…'`],
    [Channel, 'a function Channel'],
    [() => undefined, 'a function'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 2], 'an array'],
    [{}, 'an empty object'],
    [{ a: 1, b: 2 }, 'an object with a, b'],
    [new Channel(), 'an object with name'],
    [Object.create(null), 'an empty object'],
  ])('is named: %p', (received, named) => {
    expect(new InvalidArgumentError('id', 'an id', received).message).toBe(
      `Expected \`id\` to be an id, got ${named}.`,
    );
  });

  it('is named even if it cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(new InvalidArgumentError('id', 'an id', proxy).message).toContain('got something that cannot be read.');
  });

  it('is named shortly, however long it is', () => {
    const keys = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, index]));
    for (const received of [keys, Channel, 'x'.repeat(9_999)])
      expect(new InvalidArgumentError('id', 'an id', received).message.length).toBeLessThan(150);
  });
});
