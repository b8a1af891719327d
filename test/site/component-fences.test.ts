// The components for Vue and Svelte in the documentation: each is compiled by its framework and rendered with a real tracker.
import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';
import { fencesOf, readPages } from '../support/documentation.ts';

const run = promisify(execFile);
const pages = await readPages();

const fencesIn = (language: string): string[] =>
  pages.flatMap((page) => fencesOf(page, language).map(({ code }) => code));

/** The app's own module, with one message that is being processed. */
const app = `
import { createDeliveryTracker } from 'chime-delivery';
const chimeBearer = 'arn:aws:chime:us-east-1:123456789012:app-instance/a/user/b';
export const tracker = createDeliveryTracker({ client: { send: () => new Promise(() => undefined) }, chimeBearer });
tracker.track({ channelArn: 'arn:aws:chime:us-east-1:123456789012:app-instance/a/channel/c', messageId: 'm1' });
`;

/** Compiles a component and prints it as HTML, in a process of its own. */
async function rendered(component: string, program: string): Promise<string> {
  const directory = await mkdtemp(join(process.cwd(), 'test', 'fences-'));
  try {
    await writeFile(join(directory, 'component.js'), component);
    await writeFile(join(directory, 'tracker.ts'), app);
    await writeFile(join(directory, 'main.js'), `import component from './component.js';\n${program}\nprocess.exit();`);
    const outfile = join(directory, 'out.mjs');
    await build({
      entryPoints: [join(directory, 'main.js')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    });
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--conditions=chime-delivery/source', outfile]);
    return stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('a component in the documentation', () => {
  it('shows the deliveries in Vue', async () => {
    const fences = fencesIn('vue');
    expect(fences.length).toBeGreaterThan(0);
    for (const code of fences) {
      const { descriptor, errors } = parse(code);
      expect(errors).toEqual([]);
      const { content } = compileScript(descriptor, { id: 'fence', inlineTemplate: true });
      const html = await rendered(
        content,
        `import { createSSRApp } from 'vue';
        import { renderToString } from 'vue/server-renderer';
        console.log(await renderToString(createSSRApp(component)));`,
      );
      expect(html).toContain('<p>PENDING</p>');
    }
  });

  it('shows the deliveries in Svelte', async () => {
    const fences = fencesIn('svelte');
    expect(fences.length).toBeGreaterThan(0);
    for (const code of fences) {
      const { js, warnings } = compile(code, { generate: 'server' });
      expect(warnings).toEqual([]);
      const html = await rendered(
        js.code,
        `import { render } from 'svelte/server';
        console.log(render(component).body);`,
      );
      expect(html).toContain('<p>PENDING</p>');
    }
  });
});

describe('the JSON in the documentation', () => {
  it('can be read', () => {
    const fences = fencesIn('json');
    expect(fences.length).toBeGreaterThanOrEqual(2);
    for (const code of fences) expect(() => JSON.parse(code)).not.toThrow();
  });
});
