import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LinkedMap } from '../../src/shared/linked-map.ts';

type Step = { readonly kind: 'set' | 'add' | 'delete' | 'keepNewest'; readonly n: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom('set', 'set', 'add', 'delete', 'keepNewest'), n: fc.nat(9) }),
  { maxLength: 200 },
);

/** A built-in map, whose key is deleted before it is set again. */
function follow(model: Map<number, number>, { kind, n }: Step, value: number): void {
  if (kind === 'add' && model.has(n)) return;
  if (kind === 'set' || kind === 'delete') model.delete(n);
  if (kind === 'set' || kind === 'add') model.set(n, value);
  if (kind === 'keepNewest')
    for (const key of [...model.keys()].slice(0, Math.max(0, model.size - n))) model.delete(key);
}

function act(map: LinkedMap<number, number>, { kind, n }: Step, value: number): void {
  if (kind === 'delete') map.delete(n);
  else if (kind === 'keepNewest') map.keepNewest(n);
  else map[kind](n, value);
}

const contentOf = (map: LinkedMap<number, number>): [number, number][] =>
  [...map].map(({ key, value }) => [key, value]);

describe('a linked map', () => {
  it('has the content of a built-in map, in the order in which keys were last set', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const map = new LinkedMap<number, number>();
        const model = new Map<number, number>();
        for (const [value, step] of all.entries()) {
          act(map, step, value);
          follow(model, step, value);
          expect(contentOf(map)).toEqual([...model]);
          const [oldest] = model;
          expect([map.size, map.oldest?.key, map.oldest?.value]).toEqual([
            model.size,
            ...(oldest ?? [undefined, undefined]),
          ]);
          for (let key = 0; key < 10; key += 1)
            expect([map.has(key), map.get(key)]).toEqual([model.has(key), model.get(key)]);
        }
      }),
    );
  });

  it('is iterated like a built-in map, whatever changes on the way', () => {
    const walk = <K>(each: Iterable<K>, keyOf: (item: K) => number, change: (at: number) => void): number[] => {
      const seen: number[] = [];
      for (const item of each) {
        change(seen.length);
        seen.push(keyOf(item));
        if (seen.length > 50) break;
      }
      return seen;
    };
    fc.assert(
      fc.property(steps, (all) => {
        const map = new LinkedMap<number, number>();
        const model = new Map<number, number>();
        for (let key = 0; key < 5; key += 1) {
          map.set(key, key);
          model.set(key, key);
        }
        const seen = walk(
          map,
          ({ key }) => key,
          (at) => all.slice(3 * at, 3 * at + 3).forEach((step) => act(map, step, 0)),
        );
        const expected = walk(
          model,
          ([key]) => key,
          (at) => all.slice(3 * at, 3 * at + 3).forEach((step) => follow(model, step, 0)),
        );
        expect(seen).toEqual(expected);
      }),
    );
  });
});
