// What a real session of amazon-chime-sdk-js needs to connect, in Node, by ws: and by wss:.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import type { Message, MessagingSession } from 'amazon-chime-sdk-js';
import { WebSocket } from 'ws';

import { startChimeEmulator, type ChimeEmulator } from '../../src/emulator/index.ts';
import { afterTest } from '../support/emulator-kit.ts';

function connect(emulator: ChimeEmulator, userArn: string): MessagingSession {
  const c = emulator.sessionConfiguration(userArn);
  const chime = createRequire(import.meta.url)('amazon-chime-sdk-js') as typeof import('amazon-chime-sdk-js');
  const configuration = new chime.MessagingSessionConfiguration(
    c.userArn,
    c.messagingSessionId,
    c.endpointUrl,
    c.chimeClient,
  );
  const session = new chime.DefaultMessagingSession(
    configuration,
    new chime.NoOpLogger(),
    undefined,
    undefined,
    c.sigV4,
  );
  afterTest(() => session.stop());
  return session;
}

describe('sessionConfiguration', () => {
  it('lets a real session connect as a user, and hear its messages', async () => {
    const emulator = await startChimeEmulator();
    afterTest(() => emulator.close());
    const alice = emulator.userArn('alice');
    const session = connect(emulator, alice);
    const types: (string | undefined)[] = [];
    session.addObserver({ messagingSessionDidReceiveMessage: ({ type }: Message) => void types.push(type) });
    await session.start();
    expect(emulator.connections).toMatchObject([{ userArn: alice, refused: undefined, closeCode: undefined }]);
    emulator.deleteChannel(emulator.createChannel());
    while (!types.includes('DELETE_CHANNEL')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(types).toEqual(['SESSION_ESTABLISHED', 'DELETE_CHANNEL']);
  });

  it('signs for wss: where the emulator has a certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chime-delivery-tls-'));
    afterTest(() => rmSync(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, '-keyout', key, '-out', cert],
      { stdio: 'ignore' },
    );
    const pem = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    const emulator = await startChimeEmulator({ tls: pem });
    afterTest(() => emulator.close());
    expect(emulator.url).toMatch(/^https:/);
    const { sigV4, messagingSessionId, userArn } = emulator.sessionConfiguration(emulator.userArn('alice'));
    const parameters = new Map([
      ['userArn', [userArn]],
      ['sessionId', [String(messagingSessionId)]],
    ]);
    const url = await sigV4.signURL('GET', 'wss', 'chime', emulator.websocketEndpoint, '/connect', '', parameters);
    expect(url).toMatch(/^wss:/);
    const socket = new WebSocket(url, { ca: pem.cert });
    const first = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
      socket.once('error', reject);
    });
    expect(first).toContain('SESSION_ESTABLISHED');
    socket.close();
  });

  it('refuses a certificate that is none', async () => {
    await expect(startChimeEmulator({ tls: { cert: '', key: '' } })).rejects.toThrow(
      'Expected tls to be an object with cert and key',
    );
  });
});
