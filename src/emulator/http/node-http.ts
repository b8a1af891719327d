// Node's HTTP streams: the only file of `http/` that handles them.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Answer } from './answer.ts';

const largestBody = 1024 * 1024;

/** The first value of a header. */
export function headerOf(req: IncomingMessage, name: string): string | undefined {
  return [req.headers[name]].flat()[0];
}

/** The whole body as text, cut at 1 MiB (no request of the service comes near), or undefined if the client went away. */
export function readBody(req: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      if (size < largestBody) chunks.push(chunk);
      size += chunk.length;
    });
    req.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    req.on('error', () => resolve(undefined));
    req.on('close', () => resolve(undefined));
  });
}

/** Resolves when the answer was handed to the operating system, or the client has gone. */
export function writeAnswer(res: ServerResponse, { status, body, headers }: Answer): Promise<void> {
  return new Promise((resolve) => {
    if (res.destroyed) return resolve();
    res.once('close', resolve);
    res.once('finish', resolve);
    // A 204 has no body and may not announce one.
    const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
    res.writeHead(status, { ...headers, ...length }).end(status === 204 ? undefined : body);
  });
}

/** Ends the connection with a TCP reset: the client sees ECONNRESET. */
export function resetConnection(res: ServerResponse): void {
  res.socket?.resetAndDestroy();
}

/** Resolves with `host:port` for clients, once the server listens. */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`${callableHost(host)}:${actual}`);
    });
  });
}

/** Stops listening and ends every connection, hanging ones included. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function callableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
