// React Native: a bundle of Metro, with the settings that the guide names, run with the globals that React Native has.
import { expectLine } from './app.ts';
import { OUTCOME, SMALL_STORY, type Environment } from './environment.ts';

export const metro: readonly Environment[] = [true, false].map((usesExports) => ({
  name: `Metro, package exports ${usesExports ? 'on' : 'off'}`,
  packages: [
    'metro@0.83',
    '@react-native/babel-preset@0.81',
    '@react-native/metro-babel-transformer@0.81',
    '@babel/core@7',
    'react@19',
    'abort-controller@3',
  ],
  check: async (app) => {
    // Without package exports the SDK itself cannot be bundled: its submodules are those for Node. The hooks can.
    await app.write('story.js', usesExports ? SMALL_STORY : `export const run = async () => '${OUTCOME}';`);
    await app.write(
      'index.js',
      `import { run } from './story';
       import { DeliveryProvider } from 'chime-delivery/react';
       run().then((line) => console.log(typeof DeliveryProvider === 'function' ? line : 'no provider'), (error) => console.log(String(error)));`,
    );
    await app.write('babel.config.js', `module.exports = { presets: ['module:@react-native/babel-preset'] };`);
    await app.write(
      'metro.config.js',
      `module.exports = {
         projectRoot: __dirname,
         resolver: {
           unstable_enablePackageExports: ${usesExports},
           unstable_conditionNames: ['react-native', 'browser', 'require'],
           unstable_conditionsByPlatform: {},
resolverMainFields: ['react-native', 'browser', 'module', 'main'],
         },
         transformer: { babelTransformerPath: require.resolve('@react-native/metro-babel-transformer') },
       };`,
    );
    await app.bin(
      'metro',
      'build',
      'index.js',
      '--config',
      'metro.config.js',
      '--platform',
      'android',
      '--out',
      'out.js',
    );
    // React Native has an AbortController without `any`, `timeout` and reasons; no document, and no crypto without a polyfill.
    await app.write(
      'run.cjs',
      `const vm = require('node:vm');
       const { AbortController, AbortSignal } = require('abort-controller/dist/abort-controller.js');
       const globals = (more) => {
         const context = { console, setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate,
           queueMicrotask, performance, TextEncoder, TextDecoder, URL, URLSearchParams, ReadableStream, fetch, Headers, Request, Response, Blob,
           AbortController, AbortSignal, navigator: { product: 'ReactNative' }, ...more };
         return Object.assign(context, { global: context, globalThis: context, self: context });
       };
       const code = require('node:fs').readFileSync('out.js', 'utf8');
       vm.runInNewContext(code, globals(process.argv[2] === 'bare' ? {} : { crypto: { getRandomValues: (bytes) => crypto.getRandomValues(bytes) } }));`,
    );
    expectLine(await app.run(process.execPath, ['run.cjs']), OUTCOME);
    if (!usesExports) return;
    const bare = await app.run(process.execPath, ['run.cjs', 'bare']);
    if (!bare.includes('crypto.getRandomValues is missing. In React Native, import `react-native-get-random-values`'))
      throw new Error(`Without crypto: ${bare}`);
  },
}));
