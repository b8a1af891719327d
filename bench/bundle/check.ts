/** Fails if the bundle is larger than its ceilings. */
import { ceilings } from './ceilings.ts';
import { measureBundle } from './measure.ts';

const sizes = await measureBundle();
for (const what of ['own', 'all'] as const) {
  const { gzipped } = sizes[what];
  const fits = gzipped <= ceilings[what];
  console.log(`${fits ? 'ok' : 'too large'}: ${what} ${gzipped} bytes, at most ${ceilings[what]}`);
  if (!fits) process.exitCode = 1;
}
