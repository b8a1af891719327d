// `chime-delivery emulator`: a process of its own, which a real SDK client uses, and whose faults come over HTTP.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ChimeSDKMessagingClient, SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { afterEach, describe, expect, it } from '@jest/globals';

import { parseSeed } from '../../src/cli/emulator-seed.ts';

const undos: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo();
});

interface Running {
  readonly child: ChildProcess;
  /** All that it has printed. */
  readonly text: () => string;
  readonly url: string;
  readonly control: (method: string, path: string, body?: object) => Promise<{ status: number; body: unknown }>;
}

async function start(seed: object, ...args: string[]): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'chime-delivery-seed-'));
  undos.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'seed.json'), JSON.stringify(seed));
  const program = ['--import', 'tsx', '--conditions=chime-delivery/source', 'src/cli/main.ts', 'emulator'];
  const ports = ['--port', '0', '--control-port', '0', '--seed', join(folder, 'seed.json')];
  const child = spawn(process.execPath, [...program, ...ports, ...args]);
  undos.push(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (text += data.toString('utf8')));
  await until(() => text.includes('control at') || child.exitCode !== null);
  const [, url = '', controlUrl = ''] = /messaging at (\S+) .* control at (\S+)/.exec(text) ?? [];
  const control = async (method: string, path: string, body?: object) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${controlUrl}${path}`, init);
    return { status: answer.status, body: await answer.json() };
  };
  return { child, text: () => text, url, control };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('chime-delivery emulator', () => {
  it('serves any client, prints a line a request, takes faults over HTTP, and ends at an interrupt with 0', async () => {
    const seed = {
      flow: [
        { contains: 'bad', outcome: 'DENIED' },
        { outcome: 'SENT', afterMs: 5 },
      ],
      channels: [{ name: 'general', members: ['alice'] }],
    };
    const { child, text, url, control } = await start(seed);
    await until(() => text().includes('channel general: '));
    const ChannelArn = /channel general: (\S+)/.exec(text())?.[1] ?? '';
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new ChimeSDKMessagingClient({ region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 });
    undos.push(() => client.destroy());
    const ChimeBearer = 'arn:aws:chime:us-east-1:111122223333:app-instance/emulator/user/alice';
    const send = (Content: string) =>
      client.send(
        new SendChannelMessageCommand({
          ChannelArn,
          Content,
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ChimeBearer,
        }),
      );

    const fault = await control('POST', '/faults', { kind: 'error', status: 429, times: 1 });
    expect(fault).toEqual({ status: 200, body: { id: '1' } });
    await expect(send('first')).rejects.toMatchObject({ name: 'ThrottledClientException' });
    expect((await send('good')).Status).toEqual({ Value: 'PENDING' });
    await send('bad');
    const statuses = async () =>
      ((await control('GET', '/messages')).body as { status: string }[]).map(({ status }) => status);
    let now = await statuses();
    while (now.includes('PENDING')) now = await statuses();
    expect(now).toEqual(['SENT', 'DENIED']);
    expect(text()).toMatch(/429 {2}SendChannelMessage {2}alice {2}ThrottledClientException {2}fault: error/);
    expect(text()).toMatch(/201 {2}SendChannelMessage {2}alice/);

    expect(await control('DELETE', '/faults/1')).toEqual({ status: 200, body: { ended: 1 } });
    expect((await control('DELETE', '/faults/1')).status).toBe(404);
    expect((await control('PATCH', '/settings', { deniedShape: 'null' })).body).toMatchObject({ deniedShape: 'null' });
    expect(await control('PATCH', '/settings', { deniedShape: 'other' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('Expected deniedShape to be') },
    });
    expect((await control('POST', '/sockets/drop', {})).body).toEqual({ dropped: 0 });
    expect((await control('POST', '/sockets/half-open', {})).body).toEqual({ halfOpen: 0 });
    expect((await control('POST', '/sockets/refuse', { how: true })).body).toEqual({ refused: true });
    expect((await control('POST', '/sockets/other', {})).status).toBe(404);
    expect((await control('DELETE', `/channels/${encodeURIComponent(ChannelArn)}`)).status).toBe(200);
    expect((await control('POST', '/channels', { name: 'new' })).body).toEqual({ channelArn: expect.any(String) });
    for (const path of ['/', '/log', '/connections', '/settings', '/faults'])
      expect((await control('GET', path)).status).toBe(200);
    await expect(send('gone')).rejects.toMatchObject({ name: 'NotFoundException' });

    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ['an unknown option', ['--nonsense'], 2, "Unknown option '--nonsense'"],
    ['a port that is none', ['--port', 'x'], 2, 'Expected --port to be a port'],
    ['a certificate without its key', ['--cert', 'x'], 2, 'Give both --cert and --key'],
  ])('says what is wrong with %s', async (_name, args, code, words) => {
    const { child, text } = await start({}, ...args);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(code);
    expect(text()).toContain(words);
  });

  it('says what is wrong with its seed', async () => {
    const { child, text } = await start({ chanels: [] });
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(text()).toContain('Unknown field of the seed: chanels. It has settings, flow, channels, faults.');
    expect(() => parseSeed('{')).toThrow('The seed is not JSON');
    expect(() => parseSeed('[]')).toThrow('Expected the seed to be a JSON object');
  });
});
