/** How large the library is in an app's bundle; `--verbose` adds every file. */
import type { Findings, RunOptions } from '../support/section.ts';
import { ceilings, targets } from './ceilings.ts';
import { entries, measureBundle, type BundleSizes, type Size } from './measure.ts';

export async function bundle({ verbose }: RunOptions): Promise<Findings> {
  const base = await measureBundle(entries.base);
  const preset = await measureBundle(entries.preset);
  const line = (what: string, { minified, gzipped }: Size): Record<string, string | number> => ({
    what,
    'minified, bytes': minified,
    gzipped,
  });
  const rowsOf = (name: 'base' | 'preset', { own, all, modern }: BundleSizes): object[] => [
    { ...line(`${name}: own code`, own), target: targets[name].own, ceiling: ceilings[name].own },
    {
      ...line(`${name}: with dependencies, AWS client left out`, all),
      target: targets[name].all,
      ceiling: ceilings[name].all,
    },
    line(`${name}: the same with RxJS's ES2015 build (condition es2015)`, modern),
  ];
  const sizes = {
    title:
      'Bundle: esbuild, minified, gzip level 9. Base: createTracker of chime-delivery/core. Preset: everything that chime-delivery exports',
    rows: [...rowsOf('base', base), ...rowsOf('preset', preset)] as Record<string, string | number>[],
  };
  const sum = preset.parts.reduce((total, { minified }) => total + minified, 0);
  const byPart = {
    title: 'The preset by part, minified, before gzip',
    rows: preset.parts.map(({ name, minified }) => ({
      part: name,
      bytes: minified,
      '%': Number(((minified / sum) * 100).toFixed(1)),
    })),
  };
  return { tables: verbose ? [sizes, byPart] : [sizes], figures: { base, preset, targets, ceilings } };
}
