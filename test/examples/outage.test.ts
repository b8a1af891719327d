// The outage example: its drawing and its arguments as pure functions, and the program itself as a user starts it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { readArguments } from '../../examples/outage/arguments.ts';
import { cut, drawBoard } from '../../examples/outage/board.ts';
import { changesBetween } from '../../examples/outage/log.ts';
import { complaintsAbout, type Ending, type Result } from '../../examples/outage/result.ts';
import { messages, story, storyOnAws } from '../../examples/outage/scenario.ts';
import type { MessageRow, Screen } from '../../examples/outage/screen.ts';
import { summarize } from '../../examples/outage/summary.ts';

const plain = pc.createColors(false);
const colored = pc.createColors(true);
// oxlint-disable-next-line no-control-regex
const escapes = /\u001B/;

const stats: Screen['stats'] = {
  requests: { send: 7, status: 5, message: 1, list: 0 },
  polls: 5,
  throttles: 1,
  settled: { SENT: 1, FAILED: 0, DENIED: 1, UNKNOWN: 0 },
  evidence: { 'send-response': 0, websocket: 1, prefetch: 0, status: 0, list: 0, message: 0, missing: 1, rejected: 0 },
  pending: 1,
  link: 'down',
  suspended: false,
};
const news: Screen['news'] = { atMs: 5_500, says: 'The socket is cut.' };

const address = { channelArn: 'arn:channel', chimeBearer: 'arn:user', messageId: 'm' };
const facts = { id: 'id', operation: 'create', ...address, trackedAt: 0, polls: 3 } as const;
const sent = { ...facts, status: 'SENT', settledAt: 1, evidence: 'status' } as const;
const pending = { ...facts, status: 'PENDING' } as const;

function row(number: number, fields: Partial<MessageRow>): MessageRow {
  return { number, text: 'text', status: undefined, learnt: undefined, asked: 0, tookMs: 0, ...fields };
}

function screenOf(rows: readonly MessageRow[]): Screen {
  return { elapsedMs: 8_200, stats, news, messages: rows };
}

function ending(fields: Partial<Ending>): Ending {
  return { number: 1, text: 'hello', state: sent, timesTold: 1, truth: 'SENT', ...fields };
}

function resultOf(endings: readonly Ending[]): Result {
  const service = { created: 1, busiestSecond: 1 };
  return { endings, stats, elapsedMs: 9_000, downMs: 3_000, notices: [], service };
}

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the example as `npm start` does. */
function runProgram(...args: string[]): Promise<Run> {
  const main = fileURLToPath(new URL('../../examples/outage/main.ts', import.meta.url));
  const flags = ['--import', 'tsx', '--conditions=chime-delivery/source'];
  const child = spawn(process.execPath, [...flags, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('the board', () => {
  const screen = screenOf([
    row(1, { text: 'Morning!', status: 'SENT', learnt: 'push', tookMs: 310 }),
    row(2, { text: 'A very long text that has to be cut', status: 'PENDING', asked: 2, tookMs: 12_345 }),
    row(3, { text: 'Spam', status: 'DENIED', learnt: 'missing', tookMs: 4_000 }),
    ...Array.from({ length: 37 }, (_, index) => row(index + 4, { text: 'not yet' })),
  ]);

  it('shows all 40 messages, the link and the requests on 80x24', () => {
    const lines = drawBoard(screen, { columns: 80, rows: 24, colors: plain });
    expect(lines.slice(0, 5).map((line) => line.trimEnd())).toEqual([
      '  5.5s The socket is cut.',
      '  8.2s  ▼ POLLING: no websocket   2 of 40 outcomes known',
      '       requests: 7 send, 5 status, 1 message   429s: 1',
      ' 1 Morning!    ✓ SENT    push      0.3s  21 not yet',
      ' 2 A very lon… ○ PENDING asked 2× 12.3s  22 not yet',
    ]);
    expect(lines).toHaveLength(23);
  });

  it.each([
    [20, 10],
    [40, 24],
    [60, 24],
    [80, 24],
    [100, 30],
    [120, 40],
    [200, 50],
  ])('is never larger than a terminal of %dx%d', (columns, rows) => {
    const lines = drawBoard(screen, { columns, rows, colors: plain });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.length).toBeLessThan(rows);
  });

  it('has the same text with and without colour', () => {
    const withColor = drawBoard(screen, { columns: 100, rows: 30, colors: colored }).join('\n');
    const without = drawBoard(screen, { columns: 100, rows: 30, colors: plain }).join('\n');
    expect(withColor).toMatch(escapes);
    // oxlint-disable-next-line no-control-regex
    expect(withColor.replaceAll(/\u001B\[\d+m/g, '')).toBe(without);
  });

  it('has room for every line of the story on 80 columns', () => {
    for (const { says } of [...story, ...storyOnAws]) expect(cut(says, 80 - 7)).toBe(says);
  });
});

describe('the plain lines', () => {
  it('report one change each', () => {
    const before = screenOf([row(1, { status: 'PENDING' }), row(2, {})]);
    const after = screenOf([row(1, { status: 'SENT', learnt: 'poll', tookMs: 900 }), row(2, {})]);
    expect(changesBetween(before, after)).toEqual(['  8.2s  #1  text          ✓ SENT    poll     after 0.9s']);
    expect(changesBetween(after, after)).toEqual([]);
  });
});

describe('the arguments', () => {
  const instance = 'arn:aws:chime:us-east-1:123456789012:app-instance/a';
  const channel = `${instance}/channel/c`;
  const bearer = `${instance}/user/u`;

  it.each([
    [[], { kind: 'emulator' }],
    [['--help'], { kind: 'help' }],
    [
      ['--aws', '--channel', channel, '--bearer', bearer],
      { kind: 'aws', region: 'us-east-1', channelArn: channel, bearer },
    ],
  ])('%j are parsed', (args, request) => {
    expect(readArguments(args)).toEqual(request);
  });

  it.each([
    [['--colour'], "Unknown option '--colour'"],
    [['now'], "Unexpected argument 'now'"],
    [['--channel', channel], '--channel is only used together with --aws'],
    [['--bearer', bearer], '--bearer is only used together with --aws'],
    [['--aws'], '--aws needs --channel <arn>'],
    [['--aws', '--channel', channel], '--aws needs --bearer <arn>'],
    [['--aws', '--channel'], "Option '--channel <value>' argument missing"],
    [['--aws', '--channel', bearer, '--bearer', bearer], `--channel: expected the ARN of a channel`],
    [['--aws', '--channel', channel, '--bearer', 'alice'], `--bearer: expected the ARN of a user or bot`],
    [
      ['--aws', '--channel', channel, '--bearer', bearer.replace('us-east-1', 'eu-central-1')],
      '--channel is in us-east-1, --bearer in eu-central-1',
    ],
  ])('%j are rejected with the reason', (args, why) => {
    expect(readArguments(args)).toEqual({ kind: 'wrong', why: expect.stringContaining(why) });
  });
});

describe('the verdict', () => {
  it('is good when every outcome is true and was announced once', () => {
    expect(complaintsAbout(resultOf([ending({})]))).toEqual([]);
  });

  it.each<[string, Partial<Ending>, string]>([
    ['an untrue outcome', { truth: 'DENIED' }, '#1 hello: said SENT, in truth DENIED'],
    ['an outcome that was announced twice', { timesTold: 2 }, '#1 hello: 2 terminal events instead of one'],
    ['a message that was never sent', { state: undefined }, '#1 hello: not sent'],
    ['an open message', { state: pending, timesTold: 0 }, '#1 hello: still PENDING, asked 3 times'],
  ])('reports %s', (_, wrong, complaint) => {
    const result = resultOf([ending(wrong)]);
    expect(complaintsAbout(result)).toContain(complaint);
    expect(summarize(result, plain).at(-1)).toMatch(/^Not /);
  });

  it('reports a message that arrived twice', () => {
    const result = { ...resultOf([ending({})]), service: { created: 2, busiestSecond: 1 } };
    expect(complaintsAbout(result)).toEqual(['1 messages were sent, the service was given 2']);
  });

  it('reports when there is no true outcome to compare with', () => {
    const lines = summarize({ ...resultOf([ending({ truth: undefined })]), service: undefined }, plain).join('\n');
    expect(lines).toContain('not known on a real account');
    expect(lines).not.toContain('false');
  });
});

describe('the program', () => {
  it('ends with every outcome true, in plain lines without a terminal', async () => {
    const { code, stdout, stderr } = await runProgram();
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).not.toMatch(escapes);
    for (const { number, outcome } of messages) expect(stdout).toMatch(new RegExp(`#${number} .*${outcome}`));
    expect(stdout).toContain('▼ POLLING');
    expect(stdout).toMatch(/ {2}all +40 +40 +0/);
    expect(stdout).toMatch(/429s [1-9]/);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^All 40 outcomes are true, each told once, despite \d+\.\ds/);
  });

  it('rejects invalid arguments with the reason, the usage and code 2', async () => {
    const { code, stdout, stderr } = await runProgram('--aws');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^--aws needs --channel <arn>\n\nUsage: npm start/);
  });

  it('prints its usage on request', async () => {
    const { code, stdout } = await runProgram('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm start/);
  });
});
