// Before Stryker runs: puts the tests of whole trackers into one file, so that each mutant loads the library once, and not
// once per file.
import { readdirSync, writeFileSync } from 'node:fs';

const test = new URL('..', import.meta.url);
// It exchanges AbortController for all tests of its file.
const apart = new Set(['tracker/react-native.test.ts']);

const files = ['tracker', 'tabs'].flatMap((folder) =>
  readdirSync(new URL(folder, test))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`),
);
const imports = files.filter((file) => !apart.has(file)).map((file) => `import '../${file}';\n`);
writeFileSync(new URL('mutation/trackers.mutation.ts', test), imports.join(''));
