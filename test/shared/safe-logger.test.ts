import { describe, expect, it } from '@jest/globals';
import type { Logger } from '../../src/shared/client.ts';
import { safeLogger } from '../../src/shared/safe-logger.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

describe.each(levels)('the app’s logger, at %s', (level) => {
  it('gets everything, as its own method', () => {
    const told: unknown[] = [];
    const logger = {} as Logger;
    for (const each of levels) {
      logger[each] = function (this: unknown, ...said) {
        told.push(each, this === logger, ...said);
      };
    }
    safeLogger(logger)[level]('text', 1, 2);
    expect(told).toEqual([level, true, 'text', 1, 2]);
  });

  it('breaks nothing when it throws', () => {
    let calls = 0;
    const fail = (): never => {
      calls += 1;
      throw new Error('The disk is full.');
    };
    safeLogger({ debug: fail, info: fail, warn: fail, error: fail })[level]('text');
    expect(calls).toBe(1);
  });
});
