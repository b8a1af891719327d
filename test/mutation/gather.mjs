// Before Stryker runs: puts all tests of the mutated files into one file, so that each mutant loads the library once,
// and not once per file. The small tests come first, since they kill most mutants.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

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
    .sort();

const blockOf = (name) => `describe('${name}', () => void require('../${name}'));`;

const uses = (kit) => (name) => readFileSync(new URL(name, test), 'utf8').includes(`/${kit}.ts'`);

/** Tests whose kit sets hooks when it is loaded: the hooks apply to the block that loads it first. */
const withKit = (kit, ...blocks) => [
  `describe('${kit}', () => {`,
  `require('../support/${kit}.ts');`,
  ...blocks,
  '});',
];

const small = ['core', 'shared', 'push', 'poll', 'features/adaptive-polling', 'features/batch-polling', 'send'];
const withTracker = ['tracker', 'features/persistence', 'features/cross-tab'].flatMap(testsIn);
const ofTabs = withTracker.filter(uses('tabs-kit'));

writeFileSync(
  new URL('mutation/all.mutation.cjs', test),
  [
    `process.env['SEARCH'] = 'whole';`,
    // Its hook has to run whichever test of it runs, and so belongs to no block.
    `require('../support/sdk-client.ts');`,
    ...small.flatMap(testsIn).map(blockOf),
    ...withKit(
      'tracker-kit',
      ...withTracker.filter((name) => !ofTabs.includes(name)).map(blockOf),
      ...withKit('tabs-kit', ...ofTabs.map(blockOf)),
    ),
  ].join('\n'),
);
