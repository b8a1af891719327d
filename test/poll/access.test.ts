import { describe, expect, it } from '@jest/globals';
import { Access } from '../../src/poll/access.ts';
import { alice, bob } from '../support/known.ts';

describe('the two ways of asking', () => {
  it('are worth a try until they are refused, each for itself and for each bearer', () => {
    const access = new Access();
    access.set(alice, 'status', false);
    expect([access.may(alice, 'status'), access.may(alice, 'message'), access.may(bob, 'status')]).toEqual([
      false,
      true,
      true,
    ]);
    access.set(alice, 'message', false);
    expect(access.may(alice, 'message')).toBe(false);
  });

  it('are worth a try again once permitted, and only then', () => {
    const access = new Access();
    for (const question of ['status', 'message'] as const) access.set(alice, question, false);
    access.set(alice, 'status', true);
    access.set(bob, 'status', true);
    expect([access.may(alice, 'status'), access.may(alice, 'message')]).toEqual([true, false]);
  });

  it('are remembered for a thousand bearers, the last ones', () => {
    const access = new Access();
    for (let i = 0; i < 1_001; i += 1) access.set(`${bob}-${i}`, 'status', false);
    expect([0, 1, 1_000].map((i) => access.may(`${bob}-${i}`, 'status'))).toEqual([true, false, false]);
  });
});
