// The page's control endpoint: GET /control describes the demo, POST /control sends a command. A middleware of Vite's dev server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Plugin } from 'vite';
import { CONTROL_PATH, type Command, type Situation, type DemoSetup } from '../protocol.ts';
import { readCommand } from './read-command.ts';

export interface ControlEndpoint {
  describe(): DemoSetup;
  apply(command: Command): Situation;
}

export function controlEndpoint(control: ControlEndpoint): Plugin {
  return {
    name: 'chat-control',
    configureServer: (server) => {
      server.middlewares.use(CONTROL_PATH, (req, res) => void answer(control, req, res));
    },
  };
}

async function answer(control: ControlEndpoint, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'GET') return reply(res, 200, control.describe());
  // Requiring JSON keeps out the forms of other sites.
  if (req.method !== 'POST' || req.headers['content-type'] !== 'application/json') {
    return reply(res, 405, { error: 'GET, or POST a command as application/json' });
  }
  try {
    reply(res, 200, control.apply(readCommand(await text(req))));
  } catch (error) {
    reply(res, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function reply(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
