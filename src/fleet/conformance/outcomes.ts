/** The cases of conformance: the outcomes and their groups. */
import { nothing, record, same, take, type Case } from './case.ts';

export const outcomesCases: Readonly<Record<string, Case>> = {
  'each group gets each outcome, and its consumers share them': async (engine, other) => {
    await Promise.all([engine.outcomes.join('g'), engine.outcomes.join('h')]);
    await other.outcomes.join('g');
    for (const id of ['a', 'b', 'c', 'd']) {
      await engine.records.put(1, id, record('r'));
      await engine.records.settle(1, id, `end of ${id}`);
    }
    const ends = ['end of a', 'end of b', 'end of c', 'end of d'];
    const forG = [...(await take(engine, 'g', 2, 'one')), ...(await take(other, 'g', 2, 'two'))];
    same(forG.map(({ outcome }) => outcome).toSorted(), ends);
    same(
      forG.every(({ deliveries }) => deliveries === 1),
      true,
    );
    same((await take(other, 'h', 4)).map(({ outcome }) => outcome).toSorted(), ends);
  },

  'an outcome that its consumer has left is given to another one': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('r'));
    await engine.records.settle(1, 'a', 'end');
    const [entry] = await take(engine, 'g', 1, 'one');
    const [again] = await take(other, 'g', 1, 'two', 500);
    same(again?.outcome, entry?.outcome);
    same((again?.deliveries ?? 0) > 1, true);
    await other.outcomes.done('g', [again?.key ?? '']);
    await nothing(engine, 'g', 500);
  },

  'an outcome that its consumer works on is not given to another one': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('r'));
    await engine.records.settle(1, 'a', 'end');
    const [entry] = await take(engine, 'g', 1, 'one');
    const working = setInterval(() => {
      engine.outcomes.touch('g', 'one', [entry?.key ?? '']).catch(() => undefined);
    }, 200);
    try {
      await nothing(other, 'g', 1_000);
    } finally {
      clearInterval(working);
    }
  },

  'a dead letter is kept with its error, and given again on demand': async (engine, other) => {
    await engine.outcomes.join('g');
    await engine.records.put(1, 'a', record('r'));
    await engine.records.settle(1, 'a', 'end');
    const [entry] = await take(engine, 'g', 1);
    if (entry === undefined) throw new Error('No outcome was given.');
    await engine.outcomes.bury('g', entry, 'too bad');
    const [dead] = await other.outcomes.dead('g', 10);
    same([dead?.outcome, dead?.error], ['end', 'too bad']);
    same(await other.outcomes.replay('g', 'all'), 1);
    same(await other.outcomes.dead('g', 10), []);
    const [again] = await take(engine, 'g', 1);
    same(again?.outcome, 'end');
    await engine.outcomes.done('g', [again?.key ?? '']);
    const { groups } = await engine.inspect();
    same(groups, [{ group: 'g', backlog: 0, deadLetters: 0 }]);
  },
};
