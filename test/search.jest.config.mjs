// `npm run test:search`: the tests that search at random or exhaustively, each with its whole search. `npm test` runs
// the same files with a part of it (test/support/search-size.ts).
import manifest from '../package.json' with { type: 'json' };

// Before jest starts its workers, which inherit it.
process.env['SEARCH'] = 'whole';

export default {
  ...manifest.jest,
  rootDir: '..',
  testMatch: [
    '<rootDir>/test/{simulation,fuzz,kill}/**/*.test.ts',
    '<rootDir>/test/bench/schedule/*.test.ts',
    '<rootDir>/test/core/{reduce-search,registry-model}.test.ts',
    '<rootDir>/test/features/cross-tab/random-stories.test.ts',
    '<rootDir>/test/fleet/random-stories.test.ts',
    '<rootDir>/test/features/adaptive-polling/latency-model.test.ts',
  ],
  testTimeout: 900_000,
};
