/** The cases of conformance: the budget that all processes share. */
import { same, until, type Case } from './case.ts';

const RATE = { requestsPerSecond: 20, burst: 3 };

export const permitsCases: Readonly<Record<string, Case>> = {
  'a bucket gives its burst at once, and then its rate, to all processes together': async (engine, other) => {
    const waits = [];
    for (const each of [engine, other, engine]) waits.push(await each.permits.take('b', 'send', RATE));
    same(waits, [0, 0, 0]);
    const wait = await other.permits.take('b', 'send', RATE);
    same(wait > 0 && wait <= 50, true);
    await until(async () => (await engine.permits.take('b', 'send', RATE)) === 0);
    same((await other.permits.take('other bearer', 'send', RATE)) === 0, true);
  },

  'polls leave a permit for a send': async (engine) => {
    same([await engine.permits.take('b', 'poll', RATE), await engine.permits.take('b', 'reconcile', RATE)], [0, 0]);
    same((await engine.permits.take('b', 'poll', RATE)) > 0, true);
    same(await engine.permits.take('b', 'send', RATE), 0);
  },

  'a permit that was not used is there again': async (engine) => {
    for (let i = 0; i < 3; i += 1) await engine.permits.take('b', 'send', { ...RATE, requestsPerSecond: 0.1 });
    await engine.permits.refund('b', RATE);
    same(await engine.permits.take('b', 'send', { ...RATE, requestsPerSecond: 0.1 }), 0);
  },

  'a pause holds for all processes': async (engine, other) => {
    await engine.permits.pause('b', 400);
    const wait = await other.permits.take('b', 'send', RATE);
    same(wait >= 300 && wait <= 500, true);
    await until(async () => (await other.permits.take('b', 'send', RATE)) === 0);
  },
};
