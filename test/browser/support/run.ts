/**
 * Before and after a whole run of the browser tests: no Chromium, no run, and the page programs are bundled once for all of
 * them. The workers find them through the environment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

import { chromiumPath } from './chromium.ts';

/** The folders of the pages, by the variable that names the bundle. */
const PAGES: Readonly<Record<string, string>> = {
  CHIME_DELIVERY_PAGE: fileURLToPath(new URL('../page', import.meta.url)),
  CHIME_DELIVERY_ADOPTION: fileURLToPath(new URL('../../adoption', import.meta.url)),
};

export async function prepareRun(): Promise<void> {
  chromiumPath();
  for (const [variable, root] of Object.entries(PAGES)) {
    const outDir = await mkdtemp(join(tmpdir(), 'chime-delivery-page-'));
    process.env[variable] = outDir;
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      // amazon-chime-sdk-js expects Node's name for it.
      define: { global: 'globalThis' },
      resolve: { conditions: ['chime-delivery/source', 'module', 'browser', 'development|production'] },
      build: { outDir, emptyOutDir: false, minify: false, sourcemap: false, target: 'es2022' },
    });
  }
}

export async function cleanUpRun(): Promise<void> {
  for (const variable of Object.keys(PAGES)) {
    const outDir = process.env[variable];
    if (outDir !== undefined) await rm(outDir, { recursive: true, force: true });
  }
}
