import { describe, expect, it, jest } from '@jest/globals';
import { pause } from '../../src/fleet/wait.ts';
import { pass, timersLeft, useFakeTime, within } from '../support/fake-time.ts';

useFakeTime();

describe('a pause', () => {
  it('ends after its time', async () => {
    expect(await within(999, pause(1_000))).toBe('still waiting');
    expect(await within(1_000, pause(1_000))).toBeUndefined();
  });

  it('ends once its signal aborts, however many wait for it, with one listener for all', async () => {
    const abort = new AbortController();
    const listen = jest.spyOn(abort.signal, 'addEventListener');
    const pauses = Array.from({ length: 100 }, () => pause(60_000, abort.signal));
    expect(listen).toHaveBeenCalledTimes(1);
    await pass(1_000);
    abort.abort();
    await Promise.all(pauses);
    expect(timersLeft()).toBe(0);
    expect(await within(0, pause(60_000, abort.signal))).toBeUndefined();
  });
});
