/** The page of `page/` in a headless Chromium with a slow processor. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { launchChromium } from '../../test/browser/support/chromium.ts';
import { quantile } from '../support/numbers.ts';
import type { FrameFigures, UpdateBy } from './page/main.tsx';

const UPDATES = 500;
const PER_SECOND = 50;

export interface Frames {
  readonly throttling: number;
  readonly how: UpdateBy;
  /** CPU time of the main thread, and of its scripts: it is unaffected by other processes. */
  readonly scriptMs: number;
  readonly cpuMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Updates that took more than 16 ms. */
  readonly slow: number;
  readonly updates: number;
}

export async function framesInChromium(throttlings: readonly number[]): Promise<Frames[]> {
  const outDir = await mkdtemp(join(tmpdir(), 'chime-delivery-bench-'));
  await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['chime-delivery/source', 'module', 'browser', 'production'] },
    build: { outDir, emptyOutDir: false, target: 'es2022' },
  });
  const server = createServer((req, res) => {
    const file = req.url === undefined || req.url === '/' ? 'index.html' : req.url;
    const type = extname(file) === '.js' ? 'text/javascript' : 'text/html';
    readFile(join(outDir, file)).then(
      (body) => res.writeHead(200, { 'content-type': type }).end(body),
      () => res.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchChromium();
  const frames: Frames[] = [];
  const runs = throttlings.flatMap((throttling) => (['tracker', 'text'] as const).map((how) => ({ throttling, how })));
  for (const { throttling, how } of runs) {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => document.querySelectorAll('p').length === 1_000);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttling });
    const spentMs = async (name: 'TaskDuration' | 'ScriptDuration'): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return (metrics.find((metric) => metric.name === name)?.value ?? NaN) * 1_000;
    };
    const before = { cpu: await spentMs('TaskDuration'), script: await spentMs('ScriptDuration') };
    const { work }: FrameFigures = await page.evaluate(([updates, rate, by]) => window.measure(updates, rate, by), [
      UPDATES,
      PER_SECOND,
      how,
    ] as const);
    frames.push({
      throttling,
      how,
      cpuMs: ((await spentMs('TaskDuration')) - before.cpu) / work.length,
      scriptMs: ((await spentMs('ScriptDuration')) - before.script) / work.length,
      medianMs: quantile(work, 0.5),
      p99Ms: quantile(work, 0.99),
      maxMs: Math.max(...work),
      slow: work.filter((ms) => ms > 16).length,
      updates: work.length,
    });
    await page.close();
  }
  await browser.close();
  server.closeAllConnections();
  server.close();
  await rm(outDir, { recursive: true });
  return frames;
}
