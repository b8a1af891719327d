import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { faults, startChimeEmulator } from '../../src/emulator/index.ts';
import { clientOf, eventually, startKit } from '../support/emulator-kit.ts';
import { rawRequest } from '../support/raw-request.ts';

/** Runs a program in its own Node process; returns its output once it has exited by itself. */
async function runInChild(program: string): Promise<string> {
  const flags = ['--import', 'tsx', '--conditions=chime-delivery/source', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return stdout.trim();
}

describe('the life of an emulator', () => {
  it('ends with every connection closed, hanging and half-open ones included', async () => {
    const { emulator, status, socket, alice } = await startKit();
    const sockets = [await socket(alice), await socket(alice)];
    emulator.fault(faults.hang({ messageId: 'hung' }));
    emulator.fault(faults.slow(1e6, { messageId: 'slow' }));
    const open = ['hung', 'slow'].map((id) => status(id).catch(() => 'lost'));
    await eventually(() => emulator.log.length === 2);
    emulator.halfOpenSockets();
    await emulator.close();
    await emulator.close();
    expect(await Promise.all(open)).toEqual(['lost', 'lost']);
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1006, 1006]);
  });

  it('leaves no timer and no socket behind, so that an idle process exits', async () => {
    const printed = await runInChild(`
      import { startChimeEmulator } from 'chime-delivery/emulator';
      const emulator = await startChimeEmulator({ flow: () => ({ outcome: 'SENT', afterMs: 2 ** 31 - 1 }), eventDelayMs: 1e6 });
      const headers = {
        authorization: 'AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/chime/aws4_request, SignedHeaders=host, Signature=' + '0'.repeat(64),
        'x-amz-chime-bearer': emulator.userArn('alice'),
      };
      const url = emulator.url + '/channels/' + encodeURIComponent(emulator.createChannel()) + '/messages';
      const body = JSON.stringify({ Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT', ClientRequestToken: 'token' });
      const sent = await fetch(url, { method: 'POST', headers, body });
      emulator.fault({ kind: 'slow', delayMs: 1e6, times: 1 });
      const slow = fetch(url, { headers }).catch(() => 'lost');
      while (emulator.log.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      await emulator.close();
      console.log(sent.status, await slow, emulator.messages[0].status);
    `);
    expect(printed).toBe('201 lost PENDING');
  });

  it('ends with the block of an `await using`', async () => {
    const emulator = await startChimeEmulator();
    const { url } = emulator;
    await emulator[Symbol.asyncDispose]();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('does not affect another emulator with its own port and address', async () => {
    const [one, two] = [await startKit(), await startKit({ host: 'localhost' })];
    await one.sent();
    expect([one.emulator.messages.length, two.emulator.messages.length]).toEqual([1, 0]);
    expect(one.emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(two.emulator.url).toMatch(/^http:\/\/localhost:\d+$/);
    expect(one.emulator.url.endsWith(one.emulator.websocketEndpoint)).toBe(true);
    const port = Number(new URL(one.emulator.url).port);
    await expect(startChimeEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('has the same ids with the same seed, and unique ids with a constant random source', async () => {
    const idsOf = async (options: { seed?: number; random?: () => number }): Promise<string[]> => {
      const { sent, emulator } = await startKit(options);
      return [emulator.createChannel(), await sent(), await sent()];
    };
    expect(await idsOf({ seed: 1 })).toEqual(await idsOf({ seed: 1 }));
    expect(await idsOf({ seed: 1 })).not.toEqual(await idsOf({ seed: 2 }));
    expect(new Set(await idsOf({ random: () => 0 })).size).toBe(3);
  });

  it('is unaffected by a client that leaves during its request', async () => {
    const { emulator, sent } = await startKit();
    const abort = new AbortController();
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{')) });
    const half = fetch(`${emulator.url}/channels/x/messages`, {
      method: 'POST',
      body,
      duplex: 'half',
      signal: abort.signal,
    } as RequestInit);
    const outcome = half.catch((reason: unknown) => reason);
    await eventually(() => emulator.log.length === 1);
    abort.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    await sent();
    expect(emulator.log.map(({ operation, status }) => [operation, status])).toEqual([
      ['Unknown', 0],
      ['SendChannelMessage', 201],
    ]);
  });
});

describe('the settings', () => {
  it('have the documented defaults, can change while the emulator runs, and fall back on undefined', async () => {
    const emulator = await startChimeEmulator({ deniedShape: 'null' });
    expect(emulator.options).toMatchObject({
      requestsPerSecond: 10,
      channelRequestsPerSecond: { sends: 30, lists: 30, gets: 30 },
      connectsPerSecond: 1,
      connectionsPerUser: 10,
      deniedShape: 'null',
      readLagMs: 0,
      tokenMemoryMs: Infinity,
      eventOrder: 'after-response',
    });
    emulator.set({ deniedShape: 'not-found', channelRequestsPerSecond: { lists: 5 } });
    expect(emulator.options).toMatchObject({
      deniedShape: 'not-found',
      channelRequestsPerSecond: { sends: 30, lists: 5, gets: 30 },
    });
    emulator.set({ deniedShape: undefined });
    expect(emulator.options.deniedShape).toBe('empty');
    await emulator.close();
  });

  const bad: [Record<string, unknown>, string][] = [
    [{ readLagMs: -1 }, 'Expected readLagMs to be a number from 0 to Infinity or a function; got -1.'],
    [{ requestsPerSecond: Number.NaN }, 'got NaN'],
    [{ deniedShape: 'gone' }, "got 'gone'"],
    [{ flow: 'SENT' }, 'Expected flow to be a function'],
    [{ eventDelayMs: 1e12 }, 'eventDelayMs'],
    [{ channelRequestsPerSecond: { writes: 1 } }, 'sends, lists, gets'],
    [{ channelRequestsPerSecond: null }, 'sends, lists, gets'],
    [{ deniedShapes: 'empty' }, 'Unknown emulator setting: deniedShapes'],
    [{ seed: 'x' }, 'Expected seed'],
    [{ host: 1 }, 'Expected host'],
    [{ port: 70_000 }, 'Expected port'],
    [{ region: '' }, 'Expected region'],
  ];

  it.each(bad)('reject %j with what was expected', async (options, says) => {
    await expect(startChimeEmulator(options)).rejects.toThrow(says);
  });

  it('do not change if one of several is invalid', async () => {
    const { emulator } = await startKit();
    expect(() => emulator.set({ deniedShape: 'null', readLagMs: -1 })).toThrow(TypeError);
    expect(emulator.options.deniedShape).toBe('empty');
  });

  it('can be read by a client with any credentials, since no secret is checked', async () => {
    const { emulator } = await startKit();
    expect((await rawRequest(emulator, { path: '/endpoints/messaging-session' })).status).toBe(200);
    expect(clientOf(emulator)).toBeDefined();
  });
});
