/**
 * Before and after a whole run of the browser tests: no Chromium, no run, and the page program is bundled once for all of
 * them. The workers find it through the environment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

import { chromiumPath } from './chromium.ts';

const PAGE = fileURLToPath(new URL('../page', import.meta.url));

export async function prepareRun(): Promise<void> {
  chromiumPath();
  const outDir = await mkdtemp(join(tmpdir(), 'chime-delivery-page-'));
  process.env['CHIME_DELIVERY_PAGE'] = outDir;
  await build({
    root: PAGE,
    configFile: false,
    logLevel: 'warn',
    // amazon-chime-sdk-js expects Node's name for it.
    define: { global: 'globalThis' },
    resolve: { conditions: ['chime-delivery/source', 'module', 'browser', 'development|production'] },
    build: { outDir, emptyOutDir: false, minify: false, sourcemap: false, target: 'es2022' },
  });
}

export async function cleanUpRun(): Promise<void> {
  const outDir = process.env['CHIME_DELIVERY_PAGE'];
  if (outDir !== undefined) await rm(outDir, { recursive: true, force: true });
}
