import { describe, expect, it } from '@jest/globals';
import { asRecord, isText, readOr } from '../../src/core/as-record.ts';

describe('what comes from outside', () => {
  it.each([[{ a: 1 }], [[1]], [new Map()]])('has fields where it is an object: %p', (value) => {
    expect(asRecord(value)).toBe(value);
  });

  it.each([[undefined], [null], ['text'], [7], [() => undefined]])('has none where it is %p', (value) => {
    expect(asRecord(value)).toBeUndefined();
  });

  it('is what is read of it, or what is said instead where it cannot be read', () => {
    const trap = new Error('trap');
    const fail = (): never => {
      throw trap;
    };
    expect(readOr(fail, () => 'read')).toBe('read');
    expect(readOr((error) => [error], fail)).toEqual([trap]);
  });

  it.each([
    ['m1', true],
    [' ', true],
    ['', false],
    [7, false],
    [undefined, false],
    [['m1'], false],
  ])('%p is text that says something: %p', (value, expected) => {
    expect(isText(value)).toBe(expected);
  });
});
