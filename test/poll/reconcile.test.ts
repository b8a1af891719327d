import { describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import { Reconciles, type ReconcileReport } from '../../src/poll/reconcile.ts';
import { deliveryNamed } from '../support/delivery-record.ts';

const a = deliveryNamed('a');
const b = deliveryNamed('b');
const stranger = deliveryNamed('stranger');

/** The state of a promise by now. */
async function now<T>(promise: Promise<T>): Promise<T | 'open'> {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
  return Promise.race([promise, Promise.resolve('open' as const)]);
}

/** Begins one while these are pending; returns the report, and the deliveries to poll. */
function begin(
  reconciles: Reconciles,
  pending: readonly TrackedDelivery[],
): { report: Promise<ReconcileReport>; ask: TrackedDelivery[] } {
  const { report, ask } = reconciles.start(() => pending);
  return { report, ask: [...ask] };
}

describe('a reconcile', () => {
  it('of nothing is done at once', async () => {
    expect(await begin(new Reconciles(), []).report).toEqual({ asked: 0, settled: 0, pending: 0, requests: 0 });
  });

  it('is done when each delivery had one response, and returns the results', async () => {
    const reconciles = new Reconciles();
    const { report, ask } = begin(reconciles, [a, b]);
    expect(ask).toEqual([a, b]);
    reconciles.onRequest([a]);
    reconciles.onAnswered(a, true);
    expect(await now(report)).toBe('open');
    reconciles.onRequest([b]);
    reconciles.onRequest([b]);
    reconciles.onAnswered(stranger, true);
    reconciles.onRequest([stranger]);
    reconciles.onAnswered(b, false);
    reconciles.onRequest([b]);
    expect(await report).toEqual({ asked: 2, settled: 1, pending: 1, requests: 3 });
  });

  it('counts deliveries that settle after their response, while it waits for the others', async () => {
    const reconciles = new Reconciles();
    const { report, ask } = begin(reconciles, [a, b]);
    expect(ask).toEqual([a, b]);
    reconciles.onAnswered(a, false);
    reconciles.onAnswered(a, true);
    reconciles.onAnswered(b, true);
    expect(await report).toEqual({ asked: 2, settled: 2, pending: 0, requests: 0 });
  });

  it('that is called again shares the run, and polls what has become pending since', async () => {
    const reconciles = new Reconciles();
    const first = begin(reconciles, [a]);
    reconciles.onPending(b);
    const second = begin(reconciles, [a, b]);
    const third = begin(reconciles, [a, b]);
    expect([first.ask, second.ask, third.ask]).toEqual([[a], [b], []]);
    reconciles.onRequest([a]);
    reconciles.onAnswered(a, true);
    expect(await now(first.report)).toBe('open');
    reconciles.onRequest([b]);
    reconciles.onAnswered(b, false);
    const report = { asked: 2, settled: 1, pending: 1, requests: 2 };
    expect(await Promise.all([first.report, second.report, third.report])).toEqual([report, report, report]);
    expect(begin(reconciles, [b]).ask).toEqual([b]);
  });

  it('that is called again does not wait for a newcomer that has ended', async () => {
    const reconciles = new Reconciles();
    const first = begin(reconciles, [a]);
    reconciles.onPending(b);
    reconciles.onAnswered(b, true);
    expect(begin(reconciles, [a]).ask).toEqual([]);
    reconciles.onAnswered(a, false);
    expect(await first.report).toMatchObject({ asked: 1 });
  });

  it('is aborted by close', async () => {
    const reconciles = new Reconciles();
    const reason = new Error('closed');
    const { report } = begin(reconciles, [a]);
    reconciles.close(reason);
    reconciles.onAnswered(a, true);
    await expect(report).rejects.toBe(reason);
  });
});
