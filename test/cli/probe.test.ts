// `chime-delivery probe` finds each variant of the service: the emulator is set to one, and the probe says which.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import * as sdk from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';
import { startChimeEmulator, type ChimeEmulatorSettings, type Flow } from 'chime-delivery/emulator';

import { optionsFor, tableOf } from '../../src/cli/probe/findings.ts';
import { Probe, type ProbeResult } from '../../src/cli/probe/probe.ts';
import { RecordingHandler } from '../../src/cli/probe/recording-handler.ts';

const run = promisify(execFile);

/** Edits take `editMs`: longer than a busy machine needs for a request, where a test reads them meanwhile. */
const flowOf =
  (editMs: number): Flow =>
  ({ content, kind }) => ({ outcome: content === 'bad' ? 'DENIED' : 'SENT', afterMs: kind === 'update' ? editMs : 5 });
const SLOW_EDITS = { flow: flowOf(2_000) };

async function probeOf(settings: ChimeEmulatorSettings): Promise<ProbeResult & { left: string[]; requests: number }> {
  const emulator = await startChimeEmulator({
    flow: flowOf(5),
    requestsPerSecond: Infinity,
    ...settings,
  });
  const handler = new RecordingHandler();
  const client = new sdk.ChimeSDKMessagingClient({
    region: emulator.region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: handler as never,
  });
  try {
    const result = await new Probe({
      sdk,
      client,
      handler,
      channelArn: emulator.createChannel(),
      chimeBearer: emulator.userArn('alice'),
      denyContent: 'bad',
      waitMs: 10_000,
      paceMs: 5,
      onStep: () => undefined,
    }).run();
    const left = emulator.messages.filter(
      ({ deleted, redacted, status, persistence }) =>
        !deleted && !redacted && status === 'SENT' && persistence === 'PERSISTENT',
    );
    return { ...result, left: left.map(({ content }) => content), requests: emulator.log.length };
  } finally {
    client.destroy();
    await emulator.close();
  }
}

const answerTo = ({ findings }: ProbeResult, question: string): string | undefined =>
  findings.find((finding) => finding.question === question)?.answer;

describe('the probe', () => {
  it.each(['empty', 'no-status', 'null', 'not-found'] as const)(
    'finds the status of a denied message: %s',
    async (deniedShape) => {
      const result = await probeOf({ deniedShape });
      expect(result.found).toMatchObject({ deniedShape, readLagMs: 0, knownToken: 'same-answer' });
      expect(answerTo(result, 'the status of a denied message')).toBe(deniedShape);
      expect(result.left).toEqual([]);
    },
  );

  it.each<ChimeEmulatorSettings>([
    { knownToken: 'conflict' },
    { knownToken: 'same-answer' },
    { refusedEdit: 'shown' },
    { refusedEdit: 'unchanged' },
    { hideRequestId: true, exposedHeaders: ['x-amzn-errortype'] },
  ])('finds %j', async (settings) => {
    expect((await probeOf(settings)).found).toMatchObject(settings);
  });

  it.each<ChimeEmulatorSettings>([
    { pendingEdit: 'pending', editTimestamp: 'accepted', editWhilePending: 'accepted' },
    { pendingEdit: 'unchanged', editTimestamp: 'applied', editWhilePending: 'conflict' },
  ])('finds what an edit is like while the flow processes it: %j', async (settings) => {
    expect((await probeOf({ ...SLOW_EDITS, ...settings })).found).toMatchObject(settings);
  });

  it('finds how long a new message cannot be read, and what it says meanwhile', async () => {
    const result = await probeOf({ readLagMs: 2_000, lagShape: 'null' });
    expect(result.found.lagShape).toBe('null');
    expect(result.found.readLagMs).toBeGreaterThanOrEqual(2_000);
    expect(answerTo(result, 'a new message can be read')).toContain('before: null');
  });

  it('says which options fit', () => {
    expect(optionsFor({ readLagMs: 7_500 })).toEqual([
      { question: 'missing.unseenMs', answer: '15000: reads took 7500 ms to find a message' },
    ]);
    expect(
      tableOf([
        { question: 'a', answer: 'x' },
        { question: 'long', answer: 'y' },
      ]),
    ).toBe('a     x\nlong  y');
  });

  it('asks before it sends, prints a table, and writes a seed for the emulator', async () => {
    const emulator = await startChimeEmulator({ flow: () => ({ outcome: 'SENT', afterMs: 1 }), deniedShape: 'null' });
    const folder = await mkdtemp(join(tmpdir(), 'chime-delivery-probe-'));
    const program = ['--import', 'tsx', '--conditions=chime-delivery/source', 'src/cli/main.ts', 'probe'];
    const target = [
      '--channel',
      emulator.createChannel(),
      '--bearer',
      emulator.userArn('alice'),
      '--endpoint',
      emulator.url,
    ];
    try {
      emulator.set({ requestsPerSecond: Infinity });
      await expect(run(process.execPath, [...program, ...target])).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('The probe sends messages. Give --yes'),
      });
      expect(emulator.log).toEqual([]);
      const file = join(folder, 'seed.json');
      const { stdout } = await run(process.execPath, [...program, ...target, '--yes', '--json', file]);
      expect(stdout).toContain('the status of a denied message');
      expect(stdout).toContain('not asked: give --deny-content');
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ settings: { knownToken: 'same-answer' } });
      emulator.set({ permissions: () => false });
      await expect(run(process.execPath, [...program, ...target, '--yes'])).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining('The service refused: AccessDeniedException'),
      });
      await expect(run(process.execPath, program)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Give the channel'),
      });
    } finally {
      await emulator.close();
      await rm(folder, { recursive: true });
    }
  });
});
