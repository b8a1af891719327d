// The control port: the emulator's own interface over HTTP and JSON, for tests in any language and for a person with curl.

import { createServer, type IncomingMessage, type Server } from 'node:http';

import type { ChimeEmulator } from '../emulator.ts';
import type { FaultRule } from '../fault-rules.ts';
import { closeServer, listen, readBody } from '../http/node-http.ts';
import type { SocketRefusal } from '../socket/connection-record.ts';
import { settingsOf } from './flow-rules.ts';

/** Each request: its method, its path, and what it does. `:x` is one percent-encoded segment. */
const CONTROL_PATHS: readonly (readonly [path: string, what: string])[] = [
  ['GET /', 'this list'],
  ['GET /log', 'every request so far'],
  ['GET /messages', 'the truth about every message'],
  ['GET /connections', 'every websocket so far'],
  ['GET /settings', 'the settings, without functions'],
  [
    'PATCH /settings',
    'changes settings; "flow": a rule or a list of rules { contains, outcome, afterMs, detail, content }, or null',
  ],
  ['GET /faults', 'the faults that were scripted, by id'],
  ['POST /faults', 'scripts a fault { kind, operation, bearer, status, times, … }; answers its id'],
  ['DELETE /faults/:id', 'ends a fault'],
  ['DELETE /faults', 'ends all faults'],
  ['POST /sockets/drop', 'ends websockets { code, bearer }'],
  ['POST /sockets/refuse', 'refuses new websockets { how: true | false | "drop" | { closeCode } }'],
  ['POST /sockets/half-open', 'keeps websockets open without an answer { on, bearer }'],
  ['POST /channels', 'declares a channel { name, members, elastic }; answers its ARN'],
  ['DELETE /channels/:arn', 'deletes a channel'],
];

interface Request {
  readonly method: string;
  readonly segments: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the control port of a running emulator. It has no signature check: keep it on the local machine. */
export async function startControlServer(
  emulator: ChimeEmulator,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<ControlServer> {
  const control = new Control(emulator);
  const server: Server = createServer((req, res) => {
    const send = (status: number, body: unknown): void => {
      res.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      res.end(`${JSON.stringify(body, undefined, 2)}\n`);
    };
    read(req)
      .then((request) => send(200, control.answer(request)))
      .catch((error: unknown) => send(error instanceof UnknownPathError ? 404 : 400, { error: messageOf(error) }));
  });
  const address = await listen(server, host, port);
  return { url: `http://${address}`, close: () => closeServer(server) };
}

class UnknownPathError extends Error {}

class Control {
  readonly #emulator: ChimeEmulator;
  readonly #faults = new Map<string, { readonly rule: FaultRule; readonly end: () => void }>();
  #count = 0;

  constructor(emulator: ChimeEmulator) {
    this.#emulator = emulator;
  }

  answer({ method, segments: [first = '', second], body }: Request): unknown {
    const emulator = this.#emulator;
    switch (`${method} /${first}`) {
      case 'GET /':
        return Object.fromEntries(CONTROL_PATHS);
      case 'GET /log':
        return emulator.log;
      case 'GET /messages':
        return emulator.messages;
      case 'GET /connections':
        return emulator.connections;
      case 'GET /settings':
        return emulator.options;
      case 'PATCH /settings':
        emulator.set(settingsOf(body));
        return emulator.options;
      case 'GET /faults':
        return Object.fromEntries([...this.#faults].map(([id, { rule }]) => [id, rule]));
      case 'POST /faults':
        return { id: this.#addFault(body as unknown as FaultRule) };
      case 'DELETE /faults':
        return { ended: this.#endFaults(second) };
      case 'POST /sockets':
        return this.#sockets(second ?? '', body);
      case 'POST /channels':
        return { channelArn: emulator.createChannel(body) };
      case 'DELETE /channels':
        emulator.deleteChannel(second ?? '');
        return { deleted: second };
      default:
        throw new UnknownPathError(`Unknown: ${method} /${first}. GET / lists what there is.`);
    }
  }

  #addFault(rule: FaultRule): string {
    const end = this.#emulator.fault(rule);
    this.#count += 1;
    const id = String(this.#count);
    this.#faults.set(id, { rule, end });
    return id;
  }

  #endFaults(id: string | undefined): number {
    const ids = id === undefined ? [...this.#faults.keys()] : [id];
    for (const one of ids) {
      const fault = this.#faults.get(one);
      if (fault === undefined) throw new UnknownPathError(`There is no fault ${one}.`);
      fault.end();
      this.#faults.delete(one);
    }
    return ids.length;
  }

  #sockets(what: string, body: Readonly<Record<string, unknown>>): unknown {
    const bearer = typeof body['bearer'] === 'string' ? body['bearer'] : undefined;
    switch (what) {
      case 'drop':
        return { dropped: this.#emulator.dropSockets({ bearer, code: body['code'] as number | undefined }) };
      case 'refuse':
        this.#emulator.refuseSockets((body['how'] ?? true) as SocketRefusal);
        return { refused: body['how'] ?? true };
      case 'half-open':
        return { halfOpen: this.#emulator.halfOpenSockets(body['on'] !== false, bearer) };
      default:
        throw new UnknownPathError(`Unknown: POST /sockets/${what}. GET / lists what there is.`);
    }
  }
}

async function read(req: IncomingMessage): Promise<Request> {
  const { pathname } = new URL(`http://control${req.url ?? '/'}`);
  const body = await readBody(req);
  if (body === undefined) throw new Error('The client went away.');
  const segments = pathname.split('/').slice(1).filter(Boolean).map(decodeURIComponent);
  return { method: req.method ?? 'GET', segments, body: parse(body) };
}

function parse(body: string): Record<string, unknown> {
  if (body === '') return {};
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new TypeError(`Expected the body to be a JSON object; got ${body.slice(0, 100)}`);
  return parsed as Record<string, unknown>;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
