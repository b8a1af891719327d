// When a tab stops trusting the locks or the channel, and when it does not: a tab that was frozen has a wrong picture.
import { beforeEach, describe, expect, it } from '@jest/globals';

import { FailureDetector } from '../../../src/features/cross-tab/failure-detector.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { MINUTE, SECOND } from '../../support/tracker-kit.ts';

useFakeTime();

let doubts: FailureDetector;
beforeEach(() => {
  doubts = new FailureDetector();
});

describe('two leaders at once', () => {
  it('a tab is certain of it after four claims of the other tab, each a second or more after the one before', async () => {
    for (let i = 0; i < 3; i += 1) {
      expect(doubts.onRival('other')).toBeUndefined();
      await pass(SECOND);
    }
    expect(doubts.onRival('other')).toEqual(new Error('The locks let two tabs lead.'));
  });

  it('a tab is not certain of it from a claim of a tab that hung, or from claims that waited while this tab hung', async () => {
    doubts.onRival('other');
    await pass(4 * SECOND);
    const claims = Array.from({ length: 8 }, () => doubts.onRival('other'));
    expect(claims.filter((error) => error !== undefined)).toEqual([]);
  });

  it('a tab is not certain of it from claims that are far apart', async () => {
    for (let i = 0; i < 10; i += 1) {
      expect(doubts.onRival('other')).toBeUndefined();
      await pass(6 * SECOND);
    }
  });

  it('a tab is not certain of it from claims made before this tab took the lead', async () => {
    for (let i = 0; i < 3; i += 1) {
      doubts.onRival('other');
      await pass(SECOND);
    }
    doubts.onBecameLeader();
    expect(doubts.onRival('other')).toBeUndefined();
  });
});

describe('a silent leader', () => {
  it('proves at the third silence within a minute that tabs do not hear each other', async () => {
    expect(doubts.onTimeout('leader', 0)).toBeUndefined();
    await pass(10 * SECOND);
    expect(doubts.onTimeout('leader', 0)).toBeUndefined();
    await pass(10 * SECOND);
    expect(doubts.onTimeout('leader', 0)).toEqual(new Error('The tabs do not receive messages from each other.'));
  });

  it('may hang once every minute, for as long as it lives', async () => {
    for (let i = 0; i < 10; i += 1) {
      expect(doubts.onTimeout('leader', 0)).toBeUndefined();
      await pass(MINUTE / 2);
    }
  });

  it('proves at once that the locks do not answer if this tab has been stealing the lock for a second', () => {
    expect(doubts.onTimeout('leader', SECOND)).toEqual(new Error('The locks do not answer.'));
  });
});
