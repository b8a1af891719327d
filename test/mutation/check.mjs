// Loads all tests that Stryker will run, as it does, and runs none of them: a test that cannot be required fails here, and not
// first when the mutants are run.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import './gather.mjs';

const root = new URL('../..', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));
const config = new URL('test/mutation/jest.config.json', root);

// Stryker puts its settings over those of the package.
const settings = { ...read('package.json').jest, ...read('test/stryker.config.json').jest.config };
writeFileSync(config, JSON.stringify({ ...settings, rootDir: fileURLToPath(root) }));
const jest = fileURLToPath(new URL('node_modules/jest/bin/jest.js', root));
const { status } = spawnSync(
  process.execPath,
  [jest, '--config', fileURLToPath(config), '--testNamePattern', '^no test$'],
  { stdio: 'inherit' },
);
rmSync(config);
process.exitCode = status ?? 1;
