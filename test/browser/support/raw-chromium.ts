/**
 * A Chromium driven by bare CDP, for what Playwright keeps from happening: it emulates focus, so that its pages are never
 * hidden. Here a tab behind another one is hidden as for a person: its timers are throttled, it can be frozen.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

import { chromiumArguments, chromiumPath } from './chromium.ts';

type Params = Readonly<Record<string, unknown>>;

interface Answer {
  readonly id: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export interface RawPage {
  /** The value of an expression, awaited. */
  evaluate(expression: string): Promise<unknown>;
  send(method: string, params?: Params): Promise<Record<string, unknown>>;
  bringToFront(): Promise<void>;
  /** Its process ends at once: nothing of the page runs any more. Resolves when Chromium says so. */
  crash(): Promise<void>;
  /** Closes the tab, as a person does. */
  close(): Promise<void>;
}

export interface RawChromium {
  open(url: string): Promise<RawPage>;
  close(): Promise<void>;
}

export async function launchRawChromium(): Promise<RawChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'chime-delivery-profile-'));
  const options = [...chromiumArguments, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(chromiumPath(), [...options, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    void gone.then(() => reject(new Error(`Chromium ended: ${said}`)));
  });
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.once('open', resolve));
  const send = sender(socket);
  const onEvent = (method: string, sessionId: string): Promise<void> =>
    new Promise((resolve) => {
      const listen = (data: Buffer): void => {
        const event = JSON.parse(data.toString()) as { method?: string; sessionId?: string };
        if (event.method !== method || event.sessionId !== sessionId) return;
        socket.off('message', listen);
        resolve();
      };
      socket.on('message', listen);
    });

  return {
    open: async (url) => {
      const { targetId } = await send('Target.createTarget', { url });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      return {
        send: (method, params = {}) => send(method, params, String(sessionId)),
        bringToFront: async () => void (await send('Target.activateTarget', { targetId })),
        crash: async () => {
          await send('Inspector.enable', {}, String(sessionId));
          const crashed = onEvent('Inspector.targetCrashed', String(sessionId));
          // Nobody is left to answer this.
          void send('Page.crash', {}, String(sessionId));
          await crashed;
        },
        close: async () => void (await send('Target.closeTarget', { targetId })),
        evaluate: async (expression) => {
          const params = { expression, awaitPromise: true, returnByValue: true };
          const { result, exceptionDetails } = await send('Runtime.evaluate', params, String(sessionId));
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
          return (result as { value?: unknown }).value;
        },
      };
    },
    close: async () => {
      socket.terminate();
      child.kill();
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function sender(socket: WebSocket) {
  const waiting = new Map<number, (result: Answer) => void>();
  let last = 0;
  socket.on('message', (data: Buffer) => {
    const result = JSON.parse(data.toString()) as Answer;
    waiting.get(result.id)?.(result);
    waiting.delete(result.id);
  });
  return (method: string, params: Params, sessionId?: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
}
