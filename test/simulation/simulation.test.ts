// Worlds with fixed seeds, and some with fresh ones: each keeps every invariant, and a seed replays exactly. `npm run
// simulate` runs as many more as requested.

import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { freshSeed } from '../support/fresh-seed.ts';
import { searchSize } from '../support/search-size.ts';
import { readArguments } from './arguments.ts';
import { simulateInChild } from './child.ts';
import { defects } from './defects/defects.ts';
import { incidentWeights, spellWeights } from './plan/faults.ts';
import { runWorld } from './world.ts';

/** In each of two processes. */
const FIXED_WORLDS = searchSize({ part: 16, whole: 200 });
/** Beyond the fixed ones. */
const FIRST_FRESH = 10_000;
const FRESH_WORLDS = searchSize({ part: 3, whole: 40 });
const REPLAYED_WORLDS = searchSize({ part: 2, whole: 10 });
const PATIENCE_MS = 900_000;

async function traceOf(seed: number): Promise<string[]> {
  const lines: string[] = [];
  await runWorld(seed, (line) => lines.push(line));
  return lines;
}

describe('a simulated world', () => {
  it(
    'keeps all invariants with the fixed seeds, which end in every way and include every fault',
    async () => {
      // In parallel: the machine has more than one core.
      const [one, two] = await Promise.all([
        simulateInChild(['--runs', String(FIXED_WORLDS), '--from', '1']),
        simulateInChild(['--runs', String(FIXED_WORLDS), '--from', String(1 + FIXED_WORLDS)]),
      ]);
      // Contains the seed: replay it with `npm run simulate -- --seed N --trace`.
      expect([one.first, two.first]).toEqual([undefined, undefined]);
      expect(one.messages).toBeGreaterThan(30 * FIXED_WORLDS);
      expect(Object.keys(one.endings)).toEqual(
        expect.arrayContaining(searchSize({ part: ['SENT websocket', 'SENT status'], whole: endings })),
      );
      expect(searchSize({ part: [], whole: faults }).filter((kind) => one.strikes[kind] === undefined)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'keeps all invariants with some seeds that are fresh in each commit',
    async () => {
      const { first, runs } = await simulateInChild([
        '--runs',
        String(FRESH_WORLDS),
        '--from',
        String(FIRST_FRESH + freshSeed),
      ]);
      expect(first).toBeUndefined();
      expect(runs).toBe(FRESH_WORLDS);
    },
    PATIENCE_MS,
  );
});

const endings = [
  'SENT websocket',
  'SENT prefetch',
  'SENT status',
  'SENT list',
  'SENT send-response',
  'FAILED websocket',
  'FAILED status',
  'FAILED list',
  'FAILED rejected',
  'DENIED websocket',
  'DENIED missing',
  'UNKNOWN deadline',
  'UNKNOWN forbidden',
  'UNKNOWN invalid',
  'UNKNOWN indeterminate',
];
const faults = [...Object.keys(spellWeights), ...Object.keys(incidentWeights)].filter((kind) => kind !== 'no-socket');

describe('a seed', () => {
  it(
    'gives the same world each time, line by line',
    async () => {
      for (let seed = 1; seed <= REPLAYED_WORLDS; seed += 1) expect(await traceOf(seed)).toEqual(await traceOf(seed));
    },
    PATIENCE_MS,
  );

  it(
    'gives the same world whether it is observed or not',
    async () => {
      for (let seed = 101; seed <= 100 + REPLAYED_WORLDS; seed += 1) {
        const lines: string[] = [];
        expect(await runWorld(seed)).toEqual(await runWorld(seed, (line) => lines.push(line)));
      }
    },
    PATIENCE_MS,
  );

  it('gives a different world from other seeds', async () => {
    expect(await traceOf(41)).not.toEqual(await traceOf(42));
  });
});

describe('a seeded defect', () => {
  it.each(defects)('has its words in the source, each exactly once: $what', ({ edits }) => {
    for (const { file, find } of edits) {
      const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
      expect([file, source.split(find).length - 1]).toEqual([file, 1]);
    }
  });
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
    [
      ['--seed', '1', '--runs', '2'],
      { kind: 'wrong', why: '--seed runs one world; it cannot be combined with --runs' },
    ],
    [['--fresh', '--from', '2'], { kind: 'wrong', why: '--from and --fresh exclude each other' }],
    [['--sed', '1'], { kind: 'wrong', why: "Unknown option '--sed'" }],
    [['extra'], { kind: 'wrong' }],
  ])('parses %j', (args: string[], request: object) => {
    expect(readArguments(args, 0.5)).toMatchObject(request);
  });
});
