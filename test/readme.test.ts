import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readOptions } from '../src/tracker/preset-options.ts';
import { fencesOf, readPages } from './support/documentation.ts';

const run = promisify(execFile);
const root = process.cwd();
const pages = await readPages();
const [program, ...fragments] = pages.flatMap((page) => fencesOf(page));

/** The declarations that the fragments use, as an app would have them. */
const given = `
import { ChimeSDKMessagingClient, SendChannelMessageCommand, type SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import { createDeliveryTracker, type Delivery, type DeliveryStore, type PushMessage } from 'chime-delivery';
import { DeliveryProvider, useDeliveries, useDelivery, useMessages, useSend } from 'chime-delivery/react';
import { useState } from 'react';
import { faults, startChimeEmulator } from 'chime-delivery/emulator';
import { Observable } from 'rxjs';
import type { DeliveryState } from 'chime-delivery';
declare const client: ChimeSDKMessagingClient;
declare const chimeBearer: string;
declare const messageId: string;
declare const ChannelArn: string;
declare const messagingSession: MessagingSession;
declare const messages$: Observable<PushMessage>;
declare const link$: Observable<'up' | 'down'>;
declare function showNotDelivered(id: string, status: string): void;
declare function offerToSendAgain(id: string, reason: string): void;
declare function markSent(id: string): void;
declare function markFailed(id: string, status: string): void;
declare const chimeV2: { sendChannelMessage(input: object): { promise(): Promise<{ MessageId?: string }> } };
declare const AppState: { addEventListener(event: 'change', listener: (state: string) => void): { remove(): void } };
declare const AsyncStorage: { getAllKeys(): Promise<readonly string[]>; getItem(key: string): Promise<string | null>; setItem(key: string, value: string): Promise<void>; removeItem(key: string): Promise<void> };
declare const NetInfo: { addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void };
`;

describe('the code in the documentation', () => {
  it('is in the README and in the guide', () => {
    expect(fragments.filter(({ page }) => page === 'README.md').length).toBeGreaterThanOrEqual(1);
    expect(fragments.filter(({ page }) => page === 'docs/guide.md').length).toBeGreaterThanOrEqual(10);
  });

  it('starts with a whole program, which is the example of that name and runs', async () => {
    const [, file = ''] = /<!-- program: (\S+) -->/.exec(pages[0]?.text ?? '') ?? [];
    const example = await readFile(join(root, file), 'utf8');
    expect(example.replace(/^(\/\/.*\n)+/, '')).toBe(program?.code);
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--conditions=chime-delivery/source', file]);
    expect(stdout).toBe('SENDING\nPENDING\nSENT\n');
  });

  it('compiles even as a fragment', async () => {
    const directory = await mkdtemp(join(root, 'test', 'readme-'));
    try {
      const tracker = 'declare const tracker: ReturnType<typeof createDeliveryTracker>;\n';
      await Promise.all(
        fragments.map(({ page, kind, code }, i) => {
          const own = code.includes('const tracker =') ? '' : tracker;
          const name = `${page.replaceAll(/\W/g, '-')}-${i}.${kind}`;
          return writeFile(join(directory, name), `${given}${own}${code}\nexport {};\n`);
        }),
      );
      const config = { extends: '../../tsconfig.json', include: ['.', '../../src/**/*.d.ts'] };
      await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [tsc, '--isolatedDeclarations', 'false', '-p', directory]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('the options in the reference', () => {
  it('have the documented defaults', () => {
    const reference = pages.find(({ path }) => path === 'docs/reference.md')?.text ?? '';
    const documented = [...reference.matchAll(/^\| `([a-zA-Z.]+)`\s+\| (\d[\d ]*?)\s+\|/gm)];
    const chimeBearer = 'arn:aws:chime:us-east-1:123456789012:app-instance/a/user/b';
    const settings = readOptions({ client: { send: () => Promise.resolve({}) }, chimeBearer });
    const real = documented.map(([, path = '']) =>
      path.split('.').reduce((at: unknown, key) => asRecord(at)[key], settings),
    );
    expect(real).toEqual(documented.map(([, , value = '']) => Number(value.replaceAll(' ', ''))));
    expect(documented.length).toBeGreaterThanOrEqual(15);
  });
});

function asRecord(value: unknown): Record<string, unknown> {
  return value as Record<string, unknown>;
}
