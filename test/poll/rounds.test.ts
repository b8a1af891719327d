import { describe, expect, it } from '@jest/globals';
import { Rounds } from '../../src/poll/rounds.ts';
import { entryNamed } from '../support/known.ts';

const a = entryNamed('a');
const b = entryNamed('b');
const stranger = entryNamed('stranger');

/** What a promise has come to by now. */
async function now<T>(promise: Promise<T>): Promise<T | 'open'> {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
  return Promise.race([promise, Promise.resolve('open' as const)]);
}

describe('a reconcile', () => {
  it('of nothing is done at once', async () => {
    expect(await new Rounds().begin([])).toEqual({ asked: 0, settled: 0, pending: 0, requests: 0 });
  });

  it('is done when each was answered once, and tells what came of it', async () => {
    const rounds = new Rounds();
    const report = rounds.begin([a, b]);
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
    const report = rounds.begin([a, b]);
    rounds.answered(a, false);
    rounds.answered(a, true);
    rounds.answered(b, true);
    expect(await report).toEqual({ asked: 2, settled: 2, pending: 0, requests: 0 });
  });

  it('may run beside another', async () => {
    const rounds = new Rounds();
    const first = rounds.begin([a]);
    const second = rounds.begin([a, b]);
    rounds.requested([a]);
    rounds.answered(a, true);
    expect(await first).toEqual({ asked: 1, settled: 1, pending: 0, requests: 1 });
    expect(await now(second)).toBe('open');
    rounds.answered(b, false);
    expect(await second).toEqual({ asked: 2, settled: 1, pending: 1, requests: 1 });
  });

  it('is called off by close', async () => {
    const rounds = new Rounds();
    const reason = new Error('closed');
    const report = rounds.begin([a]);
    rounds.close(reason);
    rounds.answered(a, true);
    await expect(report).rejects.toBe(reason);
  });
});
