// Apps minify their bundles, and a minifier renames classes. Logs and error trackers group errors by their `name`.
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const files = ['src/shared/errors.ts', 'src/fleet/errors.ts', 'src/react/missing-provider-error.ts'];

type ErrorClass = new (...args: string[]) => Error & { readonly code: string };

/** The error classes that a file exports, from its minified bundle, by the names of the exports. */
async function minified(file: string): Promise<[name: string, ErrorClass][]> {
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, minify: true, format: 'esm', write: false });
  const code = outputFiles[0]?.text ?? '';
  const exported = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>;
  const classes = Object.entries(exported).filter(
    ([name]) => /^[A-Z]\w+Error$/.test(name) && name !== 'ChimeDeliveryError',
  );
  return classes as [string, ErrorClass][];
}

describe('an error in a minified bundle', () => {
  it.each(files)('has the name of its class: %s', async (file) => {
    const classes = await minified(file);
    expect(classes.length).toBeGreaterThan(0);
    for (const [name, Class] of classes) {
      expect(Class.name).not.toBe(name);
      const error = new Class('argument', 'expected', 'received', 'cause');
      expect(error.name).toBe(name);
      expect(error.code).toMatch(/^[A-Z_]+$/);
      expect(String(error)).toMatch(new RegExp(`^${name}: .`));
    }
  });
});
