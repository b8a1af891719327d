/**
 * Where the browser of the browser tests comes from: Debian's Chromium, or the one that CHROMIUM names, headless, and
 * quiet (it asks nobody for updates). Whoever launches it closes it.
 */
import { accessSync, constants } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const NAMES: readonly string[] = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Quiet: it asks nobody for updates. */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What to do where there is no Chromium; the browser tests fail with it. */
export const HOW_TO_INSTALL: string =
  'The browser tests need Chromium, and there is none. Install it with\n' +
  '  apt-get update && apt-get install -y chromium\n' +
  'or say where it is: CHROMIUM=/path/to/chromium npm run test:browser';

/** The executable. Throws `HOW_TO_INSTALL` where there is none. */
export function chromiumPath(): string {
  const named = process.env['CHROMIUM'];
  const candidates = named === undefined || named === '' ? NAMES : [named];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(named === undefined || named === '' ? HOW_TO_INSTALL : `${HOW_TO_INSTALL}\n(CHROMIUM is ${named})`);
}

/** A headless Chromium. `more` are further command line arguments. */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args: [...chromiumArguments, ...more] });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
