// Before Stryker runs: puts all tests of the mutated files into one file, so that each mutant loads the library once,
// and not once per file. The small tests come first, since they kill most mutants.
import { readdirSync, writeFileSync } from 'node:fs';

const test = new URL('..', import.meta.url);
const apart = [
  // It awaits its drivers at the top level, which a required file cannot.
  'features/persistence/unstorage.test.ts',
  // A search takes too long for each mutant.
  'features/cross-tab/random-stories.test.ts',
];

const testsIn = (folder) =>
  readdirSync(new URL(folder, test), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith('.test.ts') && !apart.includes(name))
    .sort()
    .map((name) => `describe('${name}', () => void require('../${name}'));`);

/** Tests whose kit sets hooks when it is loaded: the hooks apply to the block that loads it first. */
const withKit = (kit, ...tests) => [`describe('${kit}', () => {`, `require('../support/${kit}.ts');`, ...tests, '});'];

writeFileSync(
  new URL('mutation/all.mutation.cjs', test),
  [
    `process.env['SEARCH'] = 'whole';`,
    ...['core', 'shared', 'push', 'poll', 'features/adaptive-polling', 'features/batch-polling', 'send'].flatMap(
      testsIn,
    ),
    ...withKit(
      'tracker-kit',
      ...testsIn('tracker'),
      ...testsIn('features/persistence'),
      ...withKit('tabs-kit', ...testsIn('features/cross-tab')),
    ),
  ].join('\n'),
);
