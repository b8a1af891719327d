// Bundlers: what they make of the library runs.
import { expectLine, type App } from './app.ts';
import { OUTCOME, SMALL_STORY, type Environment } from './environment.ts';

/** A browser's bundle, run in Node, whose globals it needs are the same. */
async function runs(app: App, file: string): Promise<void> {
  await app.write('run.mjs', `await import('./${file}');`);
  expectLine(await app.run(process.execPath, ['run.mjs']), OUTCOME);
}

const MAIN = `import { run } from './story.js'; run().then(console.log);`;

async function write(app: App): Promise<void> {
  await app.write('src/story.js', SMALL_STORY);
  await app.write('src/main.js', MAIN);
}

export const bundlers: readonly Environment[] = [
  {
    name: 'webpack 5',
    quick: true,
    packages: ['webpack@5', 'webpack-cli@6'],
    check: async (app) => {
      await write(app);
      await app.bin('webpack', '--mode', 'production', '--entry', './src/main.js', '--target', 'web', '-o', 'out');
      await runs(app, 'out/main.js');
    },
  },
  {
    name: 'Vite 8',
    packages: ['vite@8'],
    check: async (app) => {
      await write(app);
      await app.write(
        'vite.config.js',
        `export default { build: { lib: { entry: 'src/main.js', formats: ['es'], fileName: () => 'main.mjs' }, outDir: 'out' } };`,
      );
      await app.bin('vite', 'build');

      await runs(app, 'out/main.mjs');
    },
  },
];
