// When a tab stops to trust the locks or the channel, and when it does not: a tab that stood still says what is not true.
import { beforeEach, describe, expect, it } from '@jest/globals';

import { FailureDetector } from '../../../src/features/cross-tab/failure-detector.ts';
import { pass, useFakeTime } from '../../support/fake-time.ts';
import { MINUTE, SECOND } from '../../support/tracker-kit.ts';

useFakeTime();

let doubts: FailureDetector;
beforeEach(() => {
  doubts = new FailureDetector();
});

describe('Two tabs that lead', () => {
  it('are certain after four claims of the other tab, each a second or more after the one before', async () => {
    for (let i = 0; i < 3; i += 1) {
      expect(doubts.onRival('other')).toBeUndefined();
      await pass(SECOND);
    }
    expect(doubts.onRival('other')).toEqual(new Error('The locks let two tabs lead.'));
  });

  it('are not certain by a claim of a tab that hung, and by the claims that waited while this tab hung', async () => {
    doubts.onRival('other');
    await pass(4 * SECOND);
    const claims = Array.from({ length: 8 }, () => doubts.onRival('other'));
    expect(claims.filter((error) => error !== undefined)).toEqual([]);
  });

  it('are not certain by claims that are far apart', async () => {
    for (let i = 0; i < 10; i += 1) {
      expect(doubts.onRival('other')).toBeUndefined();
      await pass(6 * SECOND);
    }
  });

  it('are not certain by claims from before this tab took the lead', async () => {
    for (let i = 0; i < 3; i += 1) {
      doubts.onRival('other');
      await pass(SECOND);
    }
    doubts.onBecameLeader();
    expect(doubts.onRival('other')).toBeUndefined();
  });
});

describe('A leader that is silent', () => {
  it('shows at the third silence within a minute that tabs do not hear each other', async () => {
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

  it('shows at once that the locks do not answer where the lock has been taken for a second', () => {
    expect(doubts.onTimeout('leader', SECOND)).toEqual(new Error('The locks do not answer.'));
  });
});
