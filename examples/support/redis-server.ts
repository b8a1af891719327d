// A real Redis on an own port and in an own folder, started and stopped by the test.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';

type Fsync = 'always' | 'everysec';

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #fsync: Fsync;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, fsync: Fsync) {
    this.port = port;
    this.#folder = folder;
    this.#fsync = fsync;
  }

  /** @param fsync when Redis writes its log to the disk */
  static async start(fsync: Fsync = 'always'): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'chime-delivery-redis-'));
    const server = new RedisServer(await freePort(), folder, fsync);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again after `kill`, on the same data. Resolves when it answers. */
  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''];
    const child = spawn('redis-server', [...options, '--appendonly', 'yes', '--appendfsync', this.#fsync], {
      stdio: 'ignore',
    });
    this.#process = child;
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => undefined);
    await Promise.race([failed, this.#answers()]);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const redis = new Redis(this.port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    redis.on('error', () => undefined);
    await redis.ping();
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
