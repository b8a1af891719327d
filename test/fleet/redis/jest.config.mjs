// `npm run test:fleet`: the fleet on a real Redis, which the tests start and stop. It needs `redis-server`.
import manifest from '../../../package.json' with { type: 'json' };

const { testPathIgnorePatterns: _ignored, ...shared } = manifest.jest;

export default {
  ...shared,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/fleet/redis/**/*.test.ts'],
  maxWorkers: 2,
};
