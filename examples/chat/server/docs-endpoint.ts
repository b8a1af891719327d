// Serves the repository's documentation beside the page, as plain text. `npm run docs` renders it.
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';
import { DOCS_PATH, pages } from '../protocol.ts';

const docs = new URL('../../../docs/', import.meta.url);

export const docsEndpoint: Plugin = {
  name: 'chat-docs',
  configureServer: (server) => {
    for (const { file } of pages)
      server.middlewares.use(`${DOCS_PATH}/${file}`, (_req, res, next) => {
        readFile(new URL(file, docs)).then(
          (text) => res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text),
          next,
        );
      });
  },
};
