// TypeScript: the oldest supported version and the newest, in each way of resolving modules.
import type { Environment } from './environment.ts';

const APP = `
  import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
  import { createDeliveryTracker, type DeliveryState } from 'chime-delivery';
  import { batchPolling, createTracker } from 'chime-delivery/core';
  import { useDelivery } from 'chime-delivery/react';
  import { startChimeEmulator, type ChimeEmulator } from 'chime-delivery/emulator';
  import { createDeliveryFleet, memoryEngine } from 'chime-delivery/fleet';
  import { engineConformance } from 'chime-delivery/fleet/conformance';
  import { mountDevtools } from 'chime-delivery/devtools';

  export const client = new ChimeSDKMessagingClient({});
  const tracker = createDeliveryTracker({ client, chimeBearer: 'arn' });
  tracker.on('failed', ({ id, status }) => console.log(id, status));
  export const wrapped = tracker.wrap((input: { Content: string }) => Promise.resolve({ MessageId: input.Content }));
  export const state: DeliveryState | undefined = tracker.get('m1');
  export const small = createTracker({ client, chimeBearer: 'arn' }, [batchPolling()]);
  export const emulator: Promise<ChimeEmulator> = startChimeEmulator({ flow: () => ({ outcome: 'SENT', afterMs: 1 }) });
  export const fleet = createDeliveryFleet({ engine: memoryEngine(), clientFor: () => client });
  export const all = [useDelivery, engineConformance, mountDevtools];
  // @ts-expect-error -- the types are really there
  createDeliveryTracker({ client });
`;

const resolutions = {
  node10: { module: 'commonjs', moduleResolution: 'node' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

export const typescript: readonly Environment[] = ['5.4', 'latest'].map((version) => ({
  name: `TypeScript ${version}: node10, node16, nodenext, bundler`,
  quick: version === '5.4',
  packages: [`typescript@${version}`, '@types/node@20', '@types/react@19', '@opentelemetry/api', 'rxjs'],
  check: async (app) => {
    await app.write('app.ts', APP);
    // The same without this library: what its peers' own types say without `skipLibCheck`.
    await app.write('peers.ts', `import '@aws-sdk/client-chime-sdk-messaging'; import 'rxjs'; import 'react';`);
    for (const [name, options] of Object.entries(resolutions)) {
      // TypeScript 7 has no node10 any more.
      const isGone = name === 'node10' && version === 'latest' && (await app.bin('tsc', '--version')).includes(' 7.');
      if (isGone) continue;
      const compilerOptions = {
        target: 'es2022',
        lib: ['es2022', 'dom'],
        strict: true,
        noEmit: true,
        types: [],
        ...options,
      };
      const deprecated = name === 'node10' && version === 'latest' ? { ignoreDeprecations: '6.0' } : {};
      const compile = async (file: string, skipLibCheck: boolean): Promise<void> => {
        const all = { ...compilerOptions, ...deprecated, skipLibCheck };
        await app.write('tsconfig.json', JSON.stringify({ compilerOptions: all, files: [file] }));
        await app.bin('tsc', '-p', '.');
      };
      const peersAreWell = await compile('peers.ts', false).then(
        () => true,
        () => false,
      );
      await compile('app.ts', !peersAreWell).catch((error: unknown) => {
        throw new Error(`${name}, skipLibCheck ${!peersAreWell}`, { cause: error });
      });
    }
  },
}));
