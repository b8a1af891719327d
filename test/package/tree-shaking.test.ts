import { describe, expect, it } from '@jest/globals';
import { measureBundle } from '../../bench/bundle/measure.ts';

const features = {
  persistence: 'persistence',
  crossTab: 'cross-tab',
  batchPolling: 'batch-polling',
  adaptivePolling: 'adaptive-polling',
} as const;

/** The folders of features that are in the bundle of an app that imports these names from `chime-delivery/core`. */
async function bundled(...names: string[]): Promise<string[]> {
  const { parts } = await measureBundle(`export { ${names.join(', ')} } from 'chime-delivery/core';`);
  const folders = parts.flatMap(({ name }) => /^src\/features\/([^/]+)\//.exec(name)?.[1] ?? []);
  return [...new Set(folders)].toSorted();
}

describe('a bundle of chime-delivery/core', () => {
  it('has no feature where none is imported', async () => {
    expect(await bundled('createTracker')).toEqual([]);
  });

  it.each(Object.entries(features))('has %s alone where the app imports that', async (name, folder) => {
    expect(await bundled('createTracker', name)).toEqual([folder]);
  });
});
