// A plain `ws` client at the emulator's /connect, with the presigned query that the real session would send, and the frames
// that came. For tests about the wire itself; `real-session.ts` is for everything else.

import { WebSocket } from 'ws';

import type { ChimeEmulator } from '../../src/emulator/index.ts';

export interface RawSocketOptions {
  prefetch?: boolean;
  /** Query parameters instead of the right ones; undefined omits one. */
  query?: Record<string, string | undefined>;
  path?: string;
  /** Do not wait for SESSION_ESTABLISHED. */
  early?: boolean;
}

export interface Frame {
  readonly type: string;
  readonly messageType: string;
  readonly payload: Record<string, unknown> | undefined;
}

export interface RawSocket {
  /** Every text frame as it came. */
  readonly texts: readonly string[];
  readonly frames: readonly Frame[];
  /** The types of the frames, in order. */
  readonly types: readonly string[];
  /** The code with which it closed, once it did. */
  readonly closed: Promise<number>;
  /** Resolves with the first frame of this type, so far or to come; rejects if it closes without one. */
  readonly event: (type: string, accept?: (event: Frame) => boolean) => Promise<Frame>;
  /** Resolves when a pong comes back: everything that was sent before the ping has arrived. */
  readonly ping: () => Promise<void>;
  readonly hasPong: () => boolean;
  readonly sendPing: () => void;
  readonly close: () => Promise<void>;
}

/** Resolves when the session is established; rejects with the HTTP status or the close code that refused it. */
export async function connectRawSocket(
  emulator: ChimeEmulator,
  userArn: string,
  { prefetch = false, query = {}, path = '/connect', early = false }: RawSocketOptions = {},
): Promise<RawSocket> {
  const parameters = {
    userArn,
    sessionId: 'session-1',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `AKIDEXAMPLE/20260101/${emulator.region}/chime/aws4_request`,
    'X-Amz-Date': '20260101T000000Z',
    'X-Amz-Expires': '10',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0'.repeat(64),
    'prefetch-on': prefetch ? 'connect' : undefined,
    ...query,
  };
  const given = Object.entries(parameters).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  const ws = new WebSocket(`ws://${emulator.websocketEndpoint}${path}?${new URLSearchParams(given).toString()}`);
  const socket = watch(ws);
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('unexpected-response', (request, response) => {
      reject(new Error(`HTTP ${response.statusCode}`));
      request.destroy();
    });
    ws.once('error', reject);
  });
  if (!early) await socket.event('SESSION_ESTABLISHED');
  return socket;
}

function watch(ws: WebSocket): RawSocket {
  const texts: string[] = [];
  const frames: Frame[] = [];
  const watchers = new Set<() => void>();
  let pongs = 0;
  let code: number | undefined;
  const changed = (): void => watchers.forEach((look) => look());
  ws.on('message', (data: Buffer, isBinary) => {
    if (isBinary) throw new Error('Expected text frames only.');
    texts.push(data.toString('utf8'));
    frames.push(frameOf(data.toString('utf8')));
    changed();
  });
  ws.on('pong', () => {
    pongs += 1;
    changed();
  });
  const closed = new Promise<number>((resolve) => {
    ws.on('close', (closeCode: number) => {
      code = closeCode;
      resolve(closeCode);
      changed();
    });
  });
  const until = <Found>(find: () => Found | undefined, what: string): Promise<Found> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined && code === undefined) return;
        watchers.delete(look);
        if (found === undefined) reject(new Error(`Closed with ${code} before ${what} came.`));
        else resolve(found);
      };
      watchers.add(look);
      look();
    });
  return {
    texts,
    frames,
    get types() {
      return frames.map(({ type }) => type);
    },
    closed,
    event: (type, accept = () => true) => until(() => frames.find((one) => one.type === type && accept(one)), type),
    ping: async () => {
      const before = pongs;
      ws.ping();
      await until(() => (pongs > before ? true : undefined), 'a pong');
    },
    hasPong: () => pongs > 0,
    sendPing: () => ws.ping(),
    close: async () => {
      ws.terminate();
      if (ws.readyState !== ws.CLOSED) await closed;
    },
  };
}

function frameOf(text: string): Frame {
  const { Headers, Payload } = JSON.parse(text) as { Headers: Record<string, string>; Payload?: string };
  return {
    type: Headers['x-amz-chime-event-type'] ?? '',
    messageType: Headers['x-amz-chime-message-type'] ?? '',
    payload: Payload === undefined ? undefined : (JSON.parse(Payload) as Record<string, unknown>),
  };
}
