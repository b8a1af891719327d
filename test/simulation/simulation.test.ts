// Some thousand worlds with fixed seeds, some with fresh ones: every promise is kept in each, and a seed replays exactly.

import { describe, expect, it } from '@jest/globals';

import { readArguments } from './arguments.ts';
import { drawPlan } from './plan.ts';
import { Tally } from './tally.ts';
import { runWorld } from './world.ts';

const FIXED_WORLDS = 400;
const FIXED_PARTS = [0, 1, 2, 3];
const FRESH_WORLDS = 150;

async function simulate(from: number, count: number): Promise<Tally> {
  const tally = new Tally();
  for (let seed = from; seed < from + count; seed += 1) tally.add(await runWorld(seed));
  return tally;
}

async function traceOf(seed: number): Promise<string[]> {
  const lines: string[] = [];
  await runWorld(seed, (line) => lines.push(line));
  return lines;
}

describe('in every simulated world', () => {
  it.each(FIXED_PARTS)(
    'all promises are kept (fixed seeds, part %d)',
    async (part) => {
      const tally = await simulate(1 + part * FIXED_WORLDS, FIXED_WORLDS);
      // Names the seed: replay it with `npm run simulate -- --seed N --trace`.
      expect(tally.first).toBeUndefined();
      expect(tally.messages).toBeGreaterThan(30 * FIXED_WORLDS);
    },
    120_000,
  );

  it('all promises are kept (fresh seeds)', async () => {
    const tally = await simulate(Math.floor(Math.random() * 2 ** 31), FRESH_WORLDS);
    expect(tally.first).toBeUndefined();
  }, 120_000);
});

describe('a seed', () => {
  it('gives the same world each time, line by line', async () => {
    for (let seed = 1; seed <= 20; seed += 1) expect(await traceOf(seed)).toEqual(await traceOf(seed));
  }, 60_000);

  it('gives the same world whether somebody looks or not', async () => {
    for (let seed = 21; seed <= 40; seed += 1) {
      const lines: string[] = [];
      expect(await runWorld(seed)).toEqual(await runWorld(seed, (line) => lines.push(line)));
    }
  }, 60_000);

  it('gives a world of its own', async () => {
    expect(await traceOf(41)).not.toEqual(await traceOf(42));
  });
});

describe('the worlds', () => {
  it('know every way in which a delivery can end, and every trouble', async () => {
    const { endings, strikes } = await simulate(5_000, 300);
    expect([...endings.keys()]).toEqual(
      expect.arrayContaining([
        'SENT websocket',
        'SENT prefetch',
        'SENT status',
        'SENT list',
        'SENT send-response',
        'FAILED websocket',
        'FAILED status',
        'FAILED rejected',
        'DENIED websocket',
        'DENIED missing',
        'UNKNOWN deadline',
        'UNKNOWN forbidden',
        'UNKNOWN invalid',
        'UNKNOWN indeterminate',
      ]),
    );
    const plans = Array.from({ length: 300 }, (_, index) => drawPlan(5_000 + index));
    const kinds = new Set(plans.flatMap(({ spells, incidents }) => [...spells, ...incidents].map(({ kind }) => kind)));
    const struck = [...kinds].filter((kind) => kind !== 'no-socket' && !strikes.has(kind));
    expect(struck).toEqual([]);
    expect(kinds.size).toBeGreaterThan(30);
  }, 120_000);
});

describe('the command line', () => {
  it.each([
    [[], { kind: 'many', from: 1, runs: 1_000, messages: Infinity }],
    [['--runs', '5', '--from', '7'], { kind: 'many', from: 7, runs: 5 }],
    [['--messages', '100'], { kind: 'many', runs: Infinity, messages: 100 }],
    [['--fresh'], { kind: 'many', from: 2 ** 30 }],
    [['--seed', '3', '--trace'], { kind: 'one', seed: 3, trace: true }],
    [['--help'], { kind: 'help' }],
    [['--seed', 'x'], { kind: 'wrong', why: "--seed: expected a whole number, at least 0; got 'x'" }],
    [['--runs', '0'], { kind: 'wrong', why: "--runs: expected a whole number, at least 1; got '0'" }],
    [['--trace'], { kind: 'wrong', why: '--trace needs --seed <n>' }],
    [['--seed', '1', '--runs', '2'], { kind: 'wrong', why: '--seed is one world: --runs has no place beside it' }],
    [['--fresh', '--from', '2'], { kind: 'wrong', why: '--from and --fresh exclude each other' }],
    [['--sed', '1'], { kind: 'wrong', why: "Unknown option '--sed'" }],
    [['extra'], { kind: 'wrong' }],
  ])('understands %j', (args: string[], request: object) => {
    expect(readArguments(args, 0.5)).toMatchObject(request);
  });
});
