import { describe, expect, it } from '@jest/globals';
import { LogOnce } from '../../src/shared/log-once.ts';

describe('a log line that is logged once', () => {
  it('is new once, whatever else was logged', () => {
    const said = new LogOnce();
    const things = ['a', 'b', 'a', undefined, 'b', undefined, '__proto__'];
    expect(things.map((thing) => said.firstTime(thing))).toEqual([true, true, false, true, false, false, true]);
  });

  it('is one of a hundred: after those, nothing is logged', () => {
    const said = new LogOnce();
    const answers = Array.from({ length: 102 }, (_, thing) => said.firstTime(thing));
    expect(answers.indexOf(false)).toBe(100);
    expect(answers.lastIndexOf(true)).toBe(99);
  });
});
