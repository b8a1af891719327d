/** The size of this library in an app's bundle: minified, gzipped, in total and by file. */
import { build, type Metafile } from 'esbuild';
import { gzipSync } from 'node:zlib';

export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

export interface BundleSizes {
  /** This library's own code. */
  readonly own: Size;
  /** With its dependencies; without the AWS client, which the app has anyway. */
  readonly all: Size;
  /** The same with RxJS's ES2015 build (`resolve.conditions: ['es2015']`). */
  readonly modern: Size;
  /** Minified bytes by part, largest first. */
  readonly parts: readonly { readonly name: string; readonly minified: number }[];
}

const awsClient = ['@aws-sdk/*'];

/** What an app may import. */
export const entries = {
  base: "export { createTracker } from 'chime-delivery/core';",
  preset: "export * from 'chime-delivery';",
} as const;

/** @param code the app's imports */
export async function measureBundle(code: string): Promise<BundleSizes> {
  const own = await bundle(code, { packages: 'external' });
  const all = await bundle(code, { external: awsClient });
  const modern = await bundle(code, { external: awsClient, conditions: ['es2015'] });
  return { own: own.size, all: all.size, modern: modern.size, parts: partsOf(all.metafile) };
}

interface Wanted {
  readonly packages?: 'external';
  readonly external?: string[];
  readonly conditions?: string[];
}

async function bundle(code: string, { conditions = [], ...rest }: Wanted): Promise<{ size: Size; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: new URL('../..', import.meta.url).pathname },
    alias: { 'chime-delivery/core': './src/core.ts', 'chime-delivery': './src/index.ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    metafile: true,
    conditions,
    ...rest,
  });
  const output = outputFiles[0]?.contents ?? new Uint8Array();
  return { size: { minified: output.length, gzipped: gzipSync(output, { level: 9 }).length }, metafile };
}

function partsOf({ outputs }: Metafile): { name: string; minified: number }[] {
  const parts = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = partOf(file);
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...parts]
    .filter(([, minified]) => minified > 0)
    .map(([name, minified]) => ({ name, minified }))
    .toSorted((a, b) => b.minified - a.minified);
}

function partOf(file: string): string {
  const [, inPackage] = file.split('node_modules/');
  return inPackage === undefined ? file : (inPackage.split('/')[0] ?? file);
}
