// Before Stryker runs: puts all tests of what it changes into one file, so that each mutant loads the library once, and not
// once per file. The small tests come first, since most mutants fall to them.
import { readdirSync, writeFileSync } from 'node:fs';

const test = new URL('..', import.meta.url);
const apart = [
  // It waits for its drivers at the top level, which a file that is required cannot.
  'features/persistence/unstorage.test.ts',
  // A search is too long to be made for each mutant.
  'features/cross-tab/random-stories.test.ts',
];

const testsIn = (folder) =>
  readdirSync(new URL(folder, test), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => name.endsWith('.test.ts') && !apart.includes(name))
    .sort()
    .map((name) => `describe('${name}', () => void require('../${name}'));`);

/** Tests whose kit sets hooks when it is loaded: they hold for the block that loads it first. */
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
