// The memory engine is what a fleet relies on. (The same cases run on a real Redis: test/fleet/redis.)
import { describe, it } from '@jest/globals';
import { memoryEngine } from 'chime-delivery/fleet';
import { engineConformance } from 'chime-delivery/fleet/conformance';

describe('the engine in memory', () => {
  const cases = engineConformance(() => {
    const engine = memoryEngine();
    return { engine, other: engine, dispose: () => Promise.resolve() };
  });
  // oxlint-disable-next-line jest/expect-expect -- each case throws where the engine is not as it has to be
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, { run }) => {
    await run();
  });
});
