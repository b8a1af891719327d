import { describe, expect, it, jest } from '@jest/globals';
import { setTimeLimit } from '../../src/shared/time-limit.ts';
import { pass, sleepFor, timersLeft, useFakeTime } from '../support/fake-time.ts';

useFakeTime();

describe('a time limit', () => {
  it('passes once its time is over', async () => {
    const passed = jest.fn();
    setTimeLimit(passed, 5_000);
    await pass(4_999);
    expect(passed).not.toHaveBeenCalled();
    await pass(1);
    expect(passed).toHaveBeenCalledTimes(1);
    expect(timersLeft()).toBe(0);
  });

  it('gives a second more after a sleep: the operation may have ended meanwhile', async () => {
    const passed = jest.fn();
    setTimeLimit(passed, 5_000);
    sleepFor(60_000);
    await pass(5_999);
    expect(passed).not.toHaveBeenCalled();
    await pass(1);
    expect(passed).toHaveBeenCalledTimes(1);
  });

  it('never passes once it is cancelled, before its time or in the second after it', async () => {
    const passed = jest.fn();
    setTimeLimit(passed, 5_000)();
    const cancel = setTimeLimit(passed, 5_000);
    sleepFor(60_000);
    await pass(5_500);
    cancel();
    expect(timersLeft()).toBe(0);
    expect(passed).not.toHaveBeenCalled();
  });
});
