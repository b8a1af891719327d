/** Fails where a bundle has outgrown its ceilings. */
import { ceilings } from './ceilings.ts';
import { entries, measureBundle } from './measure.ts';

for (const entry of ['base', 'preset'] as const) {
  const sizes = await measureBundle(entries[entry]);
  for (const what of ['own', 'all'] as const) {
    const { gzipped } = sizes[what];
    const ceiling = ceilings[entry][what];
    const fits = gzipped <= ceiling;
    console.log(`${fits ? 'ok' : 'too large'}: ${entry}, ${what}: ${gzipped} bytes, at most ${ceiling}`);
    if (!fits) process.exitCode = 1;
  }
}
