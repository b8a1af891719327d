import { describe, expect, it, jest } from '@jest/globals';
import { nextTurn, Slices } from '../../src/shared/slices.ts';
import { pass, timersLeft, useFakeTime } from '../support/fake-time.ts';

useFakeTime();

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('long work', () => {
  it('is done at once if there is little of it', async () => {
    const slices = new Slices();
    slices.begin();
    const done: number[] = [];
    await slices.each(numbers(100), (item) => done.push(item));
    expect(done).toEqual(numbers(100));
  });

  it('pauses after a slice of time, however few its steps', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const slices = new Slices();
    slices.begin();
    const done: number[] = [];
    void slices.each(numbers(6), (item) => {
      done.push(item);
      now += 4;
    });
    await Promise.resolve();
    expect(done).toEqual([0, 1]);
    await pass(10);
    expect(done).toEqual(numbers(6));
  });

  it('pauses for all callers that share it at the same time', async () => {
    const slices = new Slices();
    slices.begin();
    const done: string[] = [];
    void slices.each(numbers(240), () => done.push('one'));
    void slices.each(numbers(20), () => done.push('other'));
    await Promise.resolve();
    expect(done).toHaveLength(250);
    await pass(10);
    expect(done).toHaveLength(260);
  });

  it('ends when it is closed, and leaves no timer', async () => {
    const slices = new Slices();
    slices.begin();
    const done: number[] = [];
    const end = slices.each(numbers(1_000), (item) => done.push(item));
    slices.close();
    await end;
    expect(done).toHaveLength(250);
    expect(slices.step()).toBeUndefined();
    expect(timersLeft()).toBe(0);
  });

  it.each([0, 1, 249, 250, 251, 1_777])('sorts %d items as a whole', async (count) => {
    const list = numbers(count).map((i) => ({ key: (i * 7_919) % 101, place: i }));
    const compare = (a: { key: number }, b: { key: number }): number => a.key - b.key;
    const sorted = new Slices().sort(list, compare);
    await pass(100);
    expect(await sorted).toEqual(list.toSorted(compare));
  });
});

/** Replaces them (Jest cannot replace functions); returns how to restore them. */
function replaceGlobals(globals: object): () => void {
  const before = Object.keys(globals).map((name) => [name, Reflect.get(globalThis, name)] as const);
  Object.assign(globalThis, globals);
  return () => void Object.assign(globalThis, Object.fromEntries(before));
}

describe('the next turn', () => {
  class FakeChannel {
    static closed = 0;
    readonly port1 = {
      onmessage: (): void => undefined,
      close: () => {
        FakeChannel.closed += 1;
        // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is no event target
        this.port1.onmessage = () => undefined;
      },
    };
    readonly port2 = { postMessage: () => setTimeout(() => this.port1.onmessage(), 5) };
  }

  it.each([
    ['Node', {}, 1],
    ['a browser', { setImmediate: undefined, clearImmediate: undefined, MessageChannel: FakeChannel }, 5],
    ['React Native, without a setImmediate', { MessageChannel: undefined }, 1],
    ['the oldest of browsers', { setImmediate: undefined, MessageChannel: undefined }, 1],
  ])('comes in %s, unless it is cancelled, and leaves nothing behind', async (_where, globals, ms) => {
    const restore = replaceGlobals(globals);
    const calls: string[] = [];
    nextTurn(() => calls.push('first'));
    nextTurn(() => calls.push('called off'))();
    expect(calls).toEqual([]);
    await pass(ms);
    restore();
    expect(calls).toEqual(['first']);
    expect(timersLeft()).toBe(0);
  });

  it('leaves no channel open', async () => {
    FakeChannel.closed = 0;
    const globals = { setImmediate: undefined, MessageChannel: FakeChannel };
    const restore = replaceGlobals(globals);
    nextTurn(() => undefined);
    await pass(5);
    restore();
    expect(FakeChannel.closed).toBe(1);
  });
});
