// Opens websockets: the upgrade at /connect, refusals, the authorization once the socket is open, then SESSION_ESTABLISHED and
// prefetch. Afterwards the hub owns the socket.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { WebSocket, WebSocketServer } from 'ws';

import { scopeProblem } from '../http/signature.ts';
import { urlOf } from '../http/routes.ts';
import { RateBudget } from '../service/budget.ts';
import type { PermissionSubject } from '../service/operation.ts';
import type { World } from '../service/world.ts';
import { Connection } from './connection.ts';
import type { SocketRefusal } from './connection-record.ts';
import type { OpenConnectionRecord } from './connection.ts';
import { frame } from './frames.ts';
import type { SocketHub } from './socket-hub.ts';
import type { SocketSettings } from './socket-settings.ts';

export interface UpgraderParts {
  readonly world: World;
  readonly settings: SocketSettings & {
    readonly permissions: ((bearer: string, operation: PermissionSubject) => boolean) | undefined;
  };
  readonly region: string;
  readonly hub: SocketHub;
  readonly server: WebSocketServer;
  readonly prefetch: (userArn: string) => string[];
}

export class SocketUpgrader {
  /** How new websockets are refused now. */
  refusal: SocketRefusal = false;
  readonly #parts: UpgraderParts;
  readonly #connects = new RateBudget();

  constructor(parts: UpgraderParts) {
    this.#parts = parts;
  }

  /** Handles an HTTP upgrade. */
  open(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { server, hub, world } = this.#parts;
    // A client may go away during the handshake: that is no error of the emulator.
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams: query } = urlOf(req.url);
    if (pathname !== '/connect') return refuse(socket, 404, `No websocket at ${pathname}; it is at /connect`);
    const record = newRecord(hub.records.length + 1, query, world.now());
    hub.records.push(record);
    const refused = this.#refused(record.userArn);
    if (refused) {
      record.refused = refused.status;
      return refuse(socket, refused.status, refused.why);
    }
    server.handleUpgrade(req, socket, head, (websocket) => this.#welcome(websocket, record, query));
  }

  #refused(userArn: string): { status: number; why: string } | undefined {
    const { settings, hub, world } = this.#parts;
    if (this.refusal === true) return { status: 503, why: 'The service is currently unavailable.' };
    if (hub.countOf(userArn) >= settings.connectionsPerUser) return { status: 429, why: 'Too many connections.' };
    if (this.#connects.take(userArn, settings.connectsPerSecond, world.now())) return undefined;
    return { status: 429, why: 'Too many connects.' };
  }

  #welcome(websocket: WebSocket, record: OpenConnectionRecord, query: URLSearchParams): void {
    const { hub, world, settings } = this.#parts;
    const connection = new Connection(record, websocket);
    hub.add(connection);
    const { refusal } = this;
    if (refusal === 'drop') return connection.end();
    if (typeof refusal === 'object') return connection.end(refusal.closeCode);
    const refused = this.#unauthorized(query);
    if (refused !== undefined) return connection.end(4401, refused.slice(0, 120));
    const establish = (): void => this.#establish(connection);
    if (settings.sessionEstablishedDelayMs > 0) world.after(settings.sessionEstablishedDelayMs, establish);
    else establish();
  }

  #establish(connection: Connection): void {
    const { world, prefetch } = this.#parts;
    const { record } = connection;
    if (record.closedAt !== undefined) return;
    record.establishedAt = world.now();
    connection.send(frame('SESSION_ESTABLISHED', 'SYSTEM'));
    if (record.prefetch) for (const text of prefetch(record.userArn)) connection.send(text);
  }

  #unauthorized(query: URLSearchParams): string | undefined {
    const { region, settings } = this.#parts;
    const needed = ['userArn', 'sessionId', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature'];
    const missing = needed.filter((name) => !query.get(name));
    if (missing.length > 0) return `Missing in the query: ${missing.join(', ')}`;
    if (settings.permissions?.(query.get('userArn') ?? '', 'Connect') === false) return 'Not authorized: chime:Connect';
    return scopeProblem(query.get('X-Amz-Credential') ?? '', region);
  }
}

function newRecord(id: number, query: URLSearchParams, now: number): OpenConnectionRecord {
  return {
    id,
    userArn: query.get('userArn') ?? '',
    sessionId: query.get('sessionId') ?? '',
    prefetch: query.get('prefetch-on') === 'connect',
    openedAt: now,
    refused: undefined,
    establishedAt: undefined,
    closedAt: undefined,
    closeCode: undefined,
    mute: false,
  };
}

function refuse(socket: Duplex, status: number, why: string): void {
  const reason = status === 404 ? 'Not Found' : status === 429 ? 'Too Many Requests' : 'Service Unavailable';
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(why)}\r\n\r\n${why}`,
  );
}
