// The HTTP endpoint of the stage: GET /stage describes it, POST /stage sends a command. A middleware of Vite's dev server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Plugin } from 'vite';
import { STAGE_PATH, type Command, type Situation, type Stage } from '../protocol.ts';
import { readCommand } from './read-command.ts';

export interface StageEndpoint {
  describe(): Stage;
  carryOut(command: Command): Situation;
}

export function stageEndpoint(stage: StageEndpoint): Plugin {
  return {
    name: 'chat-stage',
    configureServer: (server) => {
      server.middlewares.use(STAGE_PATH, (req, res) => void answer(stage, req, res));
    },
  };
}

async function answer(stage: StageEndpoint, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'GET') return reply(res, 200, stage.describe());
  // Requiring JSON keeps out the forms of other sites.
  if (req.method !== 'POST' || req.headers['content-type'] !== 'application/json') {
    return reply(res, 405, { error: 'GET, or POST a command as application/json' });
  }
  try {
    reply(res, 200, stage.carryOut(readCommand(await text(req))));
  } catch (error) {
    reply(res, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function reply(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
