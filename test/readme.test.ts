import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readOptions } from '../src/options.ts';

const run = promisify(execFile);
const root = process.cwd();
const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```(tsx?)\n([\s\S]*?)```/g)].map(([, kind = '', code = '']) => ({ kind, code }));

/** What the README's fragments take as given, as an app would have it. */
const given = `
import { ChimeSDKMessagingClient, SendChannelMessageCommand, type SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import { createDeliveryTracker, type Delivery, type DeliveryStore, type PushMessage } from 'chime-delivery';
import { DeliveryProvider, useDeliveries, useDelivery, useSend } from 'chime-delivery/react';
import { useState } from 'react';
import { faults, startChimeEmulator } from 'chime-delivery/emulator';
import { Observable } from 'rxjs';
declare const client: ChimeSDKMessagingClient;
declare const chimeBearer: string;
declare const messageId: string;
declare const ChannelArn: string;
declare const messagingSession: MessagingSession;
declare const messages$: Observable<PushMessage>;
declare const link$: Observable<'up' | 'down'>;
declare function showNotDelivered(id: string, status: string): void;
declare function offerToSendAgain(id: string, reason: string): void;
declare const AppState: { addEventListener(event: 'change', listener: (state: string) => void): { remove(): void } };
declare const AsyncStorage: { getAllKeys(): Promise<readonly string[]>; getItem(key: string): Promise<string | null>; setItem(key: string, value: string): Promise<void>; removeItem(key: string): Promise<void> };
declare const NetInfo: { addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void };
`;

describe("the README's code", () => {
  it('is there', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(5);
  });

  it('is, where it is a whole program, the example of that name, and runs', async () => {
    const [, file = ''] = /<!-- program: (\S+) -->/.exec(readme) ?? [];
    const program = await readFile(join(root, file), 'utf8');
    expect(program.replace(/^(\/\/.*\n)+/, '')).toBe(blocks[0]?.code);
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--conditions=chime-delivery/source', file]);
    expect(stdout).toBe('SENDING\nPENDING\nSENT\n');
  });

  it('compiles, where it is a fragment', async () => {
    const directory = await mkdtemp(join(root, 'test', 'readme-'));
    try {
      const tracker = 'declare const tracker: ReturnType<typeof createDeliveryTracker>;\n';
      await Promise.all(
        blocks.slice(1).map(({ kind, code }, i) => {
          const own = code.includes('const tracker =') ? '' : tracker;
          return writeFile(join(directory, `fragment-${i}.${kind}`), `${given}${own}${code}\nexport {};\n`);
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

describe("the README's options", () => {
  it('have the defaults that it says', () => {
    const documented = [...readme.matchAll(/^\| `([a-zA-Z.]+)`\s+\| (\d[\d ]*?)\s+\|/gm)];
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
