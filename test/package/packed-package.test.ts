import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { createConsumerProject, type ConsumerProject } from '../support/consumer-project.ts';

let project: ConsumerProject;
beforeAll(async () => {
  project = await createConsumerProject();
});
afterAll(() => project.remove());

/** The body of a program that uses all of it: a send whose first response is a 500, so that the retries really run. */
const story = `
async function story({ createDeliveryTracker, isTerminal }, { startChimeEmulator, faults }, { ChimeSDKMessagingClient }) {
  const arn = 'arn:aws:chime:us-east-1:123456789012:app-instance/demo';
  const emulator = await startChimeEmulator({ flow: () => ({ outcome: 'SENT', afterMs: 50 }) });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const client = new ChimeSDKMessagingClient({ region: 'us-east-1', endpoint: emulator.url, credentials });
  const tracker = createDeliveryTracker({ client, chimeBearer: arn + '/user/alice' });
  emulator.fault({ ...faults.serverError(), times: 2 });
  const input = { ChannelArn: arn + '/channel/lobby', Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' };
  const { status, evidence } = await tracker.send(input).settled;
  const told = { status, evidence, terminal: isTerminal(status), sends: tracker.stats.requests.send };
  await tracker.close();
  await emulator.close();
  client.destroy();
  return told;
}`;
const told = { status: 'SENT', evidence: 'status', terminal: true, sends: 3 };

describe('the packed package, with its declared dependencies alone', () => {
  it('works by import, retries included, and lets Node exit after close', async () => {
    await project.write(
      'story.mjs',
      `import * as sdk from '@aws-sdk/client-chime-sdk-messaging';
       import * as library from 'chime-delivery';
       import * as emulator from 'chime-delivery/emulator';
       ${story}
       console.log(JSON.stringify(await story(library, emulator, sdk)));`,
    );
    expect(JSON.parse(await project.node('story.mjs'))).toEqual(told);
  });

  it('works by require, retries included, and lets Node exit after close', async () => {
    await project.write(
      'story.cjs',
      `const sdk = require('@aws-sdk/client-chime-sdk-messaging');
       ${story}
       story(require('chime-delivery'), require('chime-delivery/emulator'), sdk)
         .then((result) => console.log(JSON.stringify(result)));`,
    );
    // Without Node's own loading of ESM by require, which later versions have on by default.
    const flags = process.allowedNodeEnvironmentFlags.has('--experimental-require-module')
      ? ['--no-experimental-require-module']
      : [];
    expect(JSON.parse(await project.node(...flags, 'story.cjs'))).toEqual(told);
  });

  it.each(['import', 'require'])(
    'has trackers without features, and with all of them, in chime-delivery/core by %s',
    async (way) => {
      const program = `
      const options = (service) => ({ client: service, chimeBearer: arn + '/user/alice', polling: { firstDelayMs: 50 } });
      const arn = 'arn:aws:chime:us-east-1:123456789012:app-instance/demo';
      const $metadata = { requestId: 'r', httpStatusCode: 200 };
      const client = { send: async ({ constructor: { name }, input }) => name.startsWith('Send')
        ? { MessageId: 'm1', ChannelArn: input.ChannelArn, Status: { Value: 'PENDING' }, $metadata }
        : { Status: { Value: 'SENT' }, $metadata } };
      async function tell(core) {
        const items = new Map();
        const store = { getKeys: () => [...items.keys()], getItem: (key) => items.get(key),
          setItem: (key, value) => void items.set(key, value), removeItem: (key) => void items.delete(key) };
        const { createTracker, persistence, crossTab, batchPolling, adaptivePolling } = core;
        const told = [];
        for (const features of [[], [persistence(store), crossTab(), batchPolling(), adaptivePolling()]]) {
          const tracker = createTracker(options(client), features);
          const input = { ChannelArn: arn + '/channel/lobby', Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' };
          told.push((await tracker.send(input).settled).status);
          await tracker.close();
        }
        console.log(JSON.stringify(told));
      }`;
      const file = way === 'import' ? 'core.mjs' : 'core.cjs';
      const use =
        way === 'import'
          ? `import * as core from 'chime-delivery/core'; tell(core);`
          : `tell(require('chime-delivery/core'));`;
      await project.write(file, `${program}\n${use}`);
      expect(JSON.parse(await project.node(file))).toEqual(['SENT', 'SENT']);
    },
  );

  it("works in an app's CommonJS jest", async () => {
    await project.write(
      'package.json',
      JSON.stringify({ name: 'app', jest: { testMatch: ['**/*.spec.js'], transform: {} } }),
    );
    await project.write(
      'story.spec.js',
      `const sdk = require('@aws-sdk/client-chime-sdk-messaging');
       ${story}
       test('a message reaches its end', async () => {
         const told = await story(require('chime-delivery'), require('chime-delivery/emulator'), sdk);
         expect(told).toEqual(${JSON.stringify(told)});
       });`,
    );
    const jest = join(process.cwd(), 'node_modules/jest/bin/jest.js');
    const output = await project.node(
      jest,
      '--json',
      '--silent',
      '--testTimeout',
      '120000',
      '--rootDir',
      project.directory,
    );
    expect(JSON.parse(output)).toMatchObject({ success: true, numPassedTests: 1 });
  });

  it('loads its React part without the tracker and the SDK', async () => {
    await project.write(
      'react-only.cjs',
      `require('chime-delivery/react');
       console.log(JSON.stringify(Object.keys(require.cache).map((file) => file.split('node_modules/').at(-1))));`,
    );
    const flags = process.allowedNodeEnvironmentFlags.has('--experimental-require-module')
      ? ['--no-experimental-require-module']
      : [];
    const files = JSON.parse(await project.node(...flags, 'react-only.cjs')) as string[];
    expect(files).toContain('chime-delivery/dist/react/index.cjs');
    expect(files.filter((file) => /tracker|aws-sdk|smithy|bottleneck|eventemitter3|p-retry|uuid/.test(file))).toEqual(
      [],
    );
  });

  it('exports its React part by import and by require, with one and the same error class in both entries', async () => {
    const use = `const { createElement } = React;
      const tell = (Hooked) => { try { return renderToString(createElement(Hooked)); } catch (error) { return error.code; } };
      const { useSend, DeliveryProvider } = hooks;
      const client = { send: () => new Promise(() => undefined) };
      const chimeBearer = 'arn:aws:chime:us-east-1:123456789012:app-instance/demo/user/alice';
      const tracker = library.createDeliveryTracker({ client, chimeBearer });
      const Hooked = () => typeof useSend();
      const told = [tell(Hooked), tell(() => createElement(DeliveryProvider, { tracker }, createElement(Hooked)))];
      tracker.close();
      console.log(JSON.stringify(told));`;
    await project.write(
      'react.mjs',
      `import React from 'react'; import { renderToString } from 'react-dom/server';
       import * as hooks from 'chime-delivery/react'; import * as library from 'chime-delivery'; ${use}`,
    );
    await project.write(
      'react.cjs',
      `const React = require('react'); const { renderToString } = require('react-dom/server');
       const hooks = require('chime-delivery/react'); const library = require('chime-delivery'); ${use}`,
    );
    const expected = ['MISSING_PROVIDER', 'function'];
    expect(JSON.parse(await project.node('react.mjs'))).toEqual(expected);
    expect(JSON.parse(await project.node('react.cjs'))).toEqual(expected);
  });

  it.each(['import', 'require'])(
    'edits, sends again, traces, and has OpenTelemetry and devtools by %s',
    async (way) => {
      const program = `
      const arn = 'arn:aws:chime:us-east-1:123456789012:app-instance/demo';
      const $metadata = { requestId: 'r', httpStatusCode: 200 };
      let sends = 0;
      const client = { send: async ({ constructor: { name }, input }) => {
        if (name.startsWith('Send')) return { MessageId: 'm' + ++sends, ChannelArn: input.ChannelArn, Status: { Value: sends === 1 ? 'DENIED' : 'SENT' }, $metadata };
        if (name.startsWith('Update')) return { MessageId: input.MessageId, Status: { Value: 'SENT' }, $metadata };
        return { ChannelMessages: [{ MessageId: 'm9', CreatedTimestamp: new Date() }], $metadata };
      } };
      async function tell({ createDeliveryTracker, mergeDeliveries }, { instrument }, { mountDevtools, DeliveryDevtools }) {
        const tracker = createDeliveryTracker({ client, chimeBearer: arn + '/user/alice' });
        const end = instrument(tracker);
        const facts = [];
        tracker.trace$.subscribe(({ kind }) => facts.push(kind));
        const ChannelArn = arn + '/channel/lobby';
        const first = tracker.send({ ChannelArn, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' }, { context: 1 });
        await first.settled;
        const again = await tracker.retry(first.id).settled;
        const edit = await tracker.update({ ChannelArn, MessageId: 'm2', Content: 'better' }).settled;
        const rows = [];
        for await (const { MessageId } of tracker.catchUp({ channelArn: ChannelArn, after: 0 })) rows.push(MessageId);
        const own = await tracker.ownMessage('m2');
        const told = [first.state.status, again.status, edit.status, rows, own.state.context, tracker.explain('m1').sentence,
          mergeDeliveries([], [first.state, again]).length, facts.includes('attempt'), typeof mountDevtools, typeof DeliveryDevtools];
        end();
        await tracker.close();
        console.log(JSON.stringify(told));
      }`;
      const file = way === 'import' ? 'chat.mjs' : 'chat.cjs';
      const use =
        way === 'import'
          ? `import * as library from 'chime-delivery'; import * as otel from 'chime-delivery/opentelemetry';
           import * as devtools from 'chime-delivery/devtools'; tell(library, otel, devtools);`
          : `tell(require('chime-delivery'), require('chime-delivery/opentelemetry'), require('chime-delivery/devtools'));`;
      await project.write(file, `${program}\n${use}`);
      expect(JSON.parse(await project.node(file))).toEqual([
        'DENIED',
        'SENT',
        'SENT',
        ['m9'],
        1,
        'The channel flow denied the message: the response to the send said so.',
        1,
        true,
        'function',
        'function',
      ]);
    },
  );

  it.each(['import', 'require'])(
    'runs a fleet in memory by %s, and needs neither bullmq nor ioredis for it',
    async (way) => {
      const program = `
      const arn = 'arn:aws:chime:us-east-1:123456789012:app-instance/demo';
      const $metadata = { requestId: 'r', httpStatusCode: 200 };
      const client = { send: async ({ input }) => ({ MessageId: 'm1', ChannelArn: input.ChannelArn, Status: { Value: 'SENT' }, $metadata }) };
      async function tell({ createDeliveryFleet, memoryEngine }, { engineConformance }) {
        const fleet = createDeliveryFleet({ engine: memoryEngine(), clientFor: () => client, shards: 4 });
        const told = new Promise((resolve) => fleet.outcomes('app', resolve));
        const { id } = await fleet.send(arn + '/user/alice', { ChannelArn: arn + '/channel/lobby', Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT' });
        const outcome = await told;
        await fleet.close();
        console.log(JSON.stringify([outcome.id === id, outcome.status, typeof engineConformance]));
      }`;
      const file = way === 'import' ? 'fleet.mjs' : 'fleet.cjs';
      const use =
        way === 'import'
          ? `import * as fleet from 'chime-delivery/fleet'; import * as suite from 'chime-delivery/fleet/conformance'; tell(fleet, suite);`
          : `tell(require('chime-delivery/fleet'), require('chime-delivery/fleet/conformance'));`;
      await project.write(file, `${program}\n${use}`);
      expect(JSON.parse(await project.node(file))).toEqual([true, 'SENT', 'function']);
    },
  );

  it('has types for import and for require', async () => {
    const program = `
      import { createDeliveryTracker, type Delivery, type DeliveryState, type DeliveryTracker } from 'chime-delivery';
      import { adaptivePolling, createTracker, type TrackerOptions } from 'chime-delivery/core';
      import { startChimeEmulator } from 'chime-delivery/emulator';
      import { instrument } from 'chime-delivery/opentelemetry';
      import { mountDevtools, type DeliveryDevtools } from 'chime-delivery/devtools';
      export const tools = (tracker: DeliveryTracker): [() => void, DeliveryDevtools] => [instrument(tracker), mountDevtools(tracker)];
      import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
      export const create = (options: TrackerOptions): DeliveryTracker => createTracker(options, [adaptivePolling()]);
      export async function main(): Promise<DeliveryState['status']> {
        const emulator = await startChimeEmulator();
        const client = new ChimeSDKMessagingClient({ endpoint: emulator.url });
        const tracker = createDeliveryTracker({ client, chimeBearer: 'arn:aws:chime:us-east-1:1:app-instance/a/user/b' });
        const delivery: Delivery = tracker.send({ ChannelArn: 'x', Content: 'y', Type: 'STANDARD', Persistence: 'PERSISTENT' });
        const state = await delivery.settled;
        // @ts-expect-error a delivery that is not settled has no evidence
        if (state.status === 'PENDING') return state.evidence;
        return state.status === 'UNKNOWN' ? state.status : 'SENT';
      }`;
    await project.write('esm.mts', program);
    await project.write('cjs.cts', program);
    await project.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          noEmit: true,
          strict: true,
          skipLibCheck: true,
          module: 'node16',
          target: 'es2022',
          lib: ['es2023', 'dom', 'esnext.disposable'],
          types: [],
        },
        files: ['esm.mts', 'cjs.cts'],
      }),
    );
    expect(await project.node(join(process.cwd(), 'node_modules/typescript/bin/tsc'))).toBe('');
  });

  it('does nothing when it is imported without window, document, or navigator', async () => {
    await project.write(
      'import.mjs',
      `for (const name of ['window', 'document', 'navigator', 'addEventListener', 'WebSocket']) delete globalThis[name];
       await import('@aws-sdk/client-chime-sdk-messaging');
       const before = new Set(Object.getOwnPropertyNames(globalThis));
       await import('chime-delivery');
       const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
       const busy = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|Immediate/.test(name));
       console.log(JSON.stringify({ globals, busy }));`,
    );
    expect(JSON.parse(await project.node('import.mjs'))).toEqual({ globals: [], busy: [] });
  });
});
