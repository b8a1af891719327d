import { describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const source = resolve('src');

/** Everything that is imported from `file` on, types included: local files as paths within src, packages by name. */
async function importsFrom(file: string, found: Set<string> = new Set()): Promise<Set<string>> {
  const text = await readFile(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const target = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    if (found.has(target)) continue;
    found.add(target);
    if (specifier.startsWith('.')) await importsFrom(target, found);
  }
  return found;
}

describe('React as an optional peer', () => {
  it.each(['index.ts', 'emulator/index.ts'])('is not imported from %s', async (entry) => {
    const imports = [...(await importsFrom(join(source, entry)))];
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((name) => /^react|[\\/]react[\\/]/.test(name))).toEqual([]);
  });

  it('is imported from react/index.ts, so the search works', async () => {
    expect(await importsFrom(join(source, 'react/index.ts'))).toContain('react');
  });

  it('may be absent: the core loads and works even if loading React throws', async () => {
    const absent = (): never => {
      throw new Error('React is not installed');
    };
    jest.unstable_mockModule('react', absent);
    jest.unstable_mockModule('react/jsx-runtime', absent);
    const { createDeliveryTracker } = await import('chime-delivery');
    const chimeBearer = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/alice';
    const tracker = createDeliveryTracker({ client: { send: () => new Promise(() => undefined) }, chimeBearer });
    expect(tracker.stats.pending).toBe(0);
    await tracker.close();
    await expect(import('chime-delivery/react')).rejects.toThrow('React is not installed');
  });
});
