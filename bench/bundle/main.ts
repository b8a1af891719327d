/** How large the library is in an app's bundle; `--verbose` adds every file. */
import type { Findings, RunOptions } from '../support/section.ts';
import { ceilings, targets } from './ceilings.ts';
import { measureBundle, type Size } from './measure.ts';

export async function bundle({ verbose }: RunOptions): Promise<Findings> {
  const { own, all, modern, parts } = await measureBundle();
  const sum = parts.reduce((total, { minified }) => total + minified, 0);
  const line = (what: string, { minified, gzipped }: Size): Record<string, string | number> => ({
    what,
    'minified, bytes': minified,
    gzipped,
  });
  const sizes = {
    title: 'Bundle: esbuild, minified, gzip level 9, everything that the front door exports',
    rows: [
      { ...line('own code', own), target: targets.own, ceiling: ceilings.own },
      { ...line('with dependencies, AWS client left out', all), target: targets.all, ceiling: ceilings.all },
      line("the same with RxJS's ES2015 build (condition es2015)", modern),
    ],
  };
  const byPart = {
    title: 'By part, minified, before gzip',
    rows: parts.map(({ name, minified }) => ({
      part: name,
      bytes: minified,
      '%': Number(((minified / sum) * 100).toFixed(1)),
    })),
  };
  return { tables: verbose ? [sizes, byPart] : [sizes], figures: { own, all, modern, parts, targets, ceilings } };
}
