/** Serves the bundled page program on 127.0.0.1, so that the page is a secure context with an origin of its own. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves a folder: by default what `run.ts` has bundled. */
export async function servePage(root: string | undefined = process.env['CHIME_DELIVERY_PAGE']): Promise<PageServer> {
  if (root === undefined) throw new Error('The page is not bundled: run these tests by `npm run test:browser`.');
  const server = createServer((req, res) => {
    const path = normalize(new URL(req.url ?? '/', 'http://page').pathname);
    const file = path === '/' ? '/index.html' : path;
    readFile(join(root, file)).then(
      (body) => res.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(body),
      () => res.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
