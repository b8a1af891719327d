import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../../src/core/entry.ts';
import { Rounds, type ReconcileReport } from '../../src/poll/rounds.ts';
import { entryNamed } from '../support/known.ts';

const a = entryNamed('a');
const b = entryNamed('b');
const stranger = entryNamed('stranger');

/** What a promise has come to by now. */
async function now<T>(promise: Promise<T>): Promise<T | 'open'> {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
  return Promise.race([promise, Promise.resolve('open' as const)]);
}

/** Begins one while these are pending; the report, and who is to be asked for. */
function begin(rounds: Rounds, pending: readonly Entry[]): { report: Promise<ReconcileReport>; ask: Entry[] } {
  const { report, ask } = rounds.begin(() => pending);
  return { report, ask: [...ask] };
}

describe('a reconcile', () => {
  it('of nothing is done at once', async () => {
    expect(await begin(new Rounds(), []).report).toEqual({ asked: 0, settled: 0, pending: 0, requests: 0 });
  });

  it('is done when each was answered once, and tells what came of it', async () => {
    const rounds = new Rounds();
    const { report, ask } = begin(rounds, [a, b]);
    expect(ask).toEqual([a, b]);
    rounds.requested([a]);
    rounds.answered(a, true);
    expect(await now(report)).toBe('open');
    rounds.requested([b]);
    rounds.requested([b]);
    rounds.answered(stranger, true);
    rounds.requested([stranger]);
    rounds.answered(b, false);
    rounds.requested([b]);
    expect(await report).toEqual({ asked: 2, settled: 1, pending: 1, requests: 3 });
  });

  it('counts what was settled after it was answered, while it waited for the others', async () => {
    const rounds = new Rounds();
    const { report, ask } = begin(rounds, [a, b]);
    expect(ask).toEqual([a, b]);
    rounds.answered(a, false);
    rounds.answered(a, true);
    rounds.answered(b, true);
    expect(await report).toEqual({ asked: 2, settled: 2, pending: 0, requests: 0 });
  });

  it('that is asked for again shares the run, and asks for what has become pending since', async () => {
    const rounds = new Rounds();
    const first = begin(rounds, [a]);
    rounds.added(b);
    const second = begin(rounds, [a, b]);
    const third = begin(rounds, [a, b]);
    expect([first.ask, second.ask, third.ask]).toEqual([[a], [b], []]);
    rounds.requested([a]);
    rounds.answered(a, true);
    expect(await now(first.report)).toBe('open');
    rounds.requested([b]);
    rounds.answered(b, false);
    const report = { asked: 2, settled: 1, pending: 1, requests: 2 };
    expect(await Promise.all([first.report, second.report, third.report])).toEqual([report, report, report]);
    expect(begin(rounds, [b]).ask).toEqual([b]);
  });

  it('that is asked for again does not wait for a newcomer that has ended', async () => {
    const rounds = new Rounds();
    const first = begin(rounds, [a]);
    rounds.added(b);
    rounds.answered(b, true);
    expect(begin(rounds, [a]).ask).toEqual([]);
    rounds.answered(a, false);
    expect(await first.report).toMatchObject({ asked: 1 });
  });

  it('is called off by close', async () => {
    const rounds = new Rounds();
    const reason = new Error('closed');
    const { report } = begin(rounds, [a]);
    rounds.close(reason);
    rounds.answered(a, true);
    await expect(report).rejects.toBe(reason);
  });
});
