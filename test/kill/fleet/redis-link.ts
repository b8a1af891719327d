// The network between one worker and Redis, which can be cut or stalled.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** How long a cut link still carries commands while it loses the answers, in milliseconds. */
const DEAF_MS = 50;

interface Connection {
  readonly worker: Socket;
  readonly redis: Socket;
  /** Sent by the worker, and still under way. */
  readonly held: Buffer[];
  workerHasEnded: boolean;
  isDeaf: boolean;
}

export class RedisLink {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #isStalled = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(redisPort: number): Promise<RedisLink> {
    const server = createServer((worker) => link.#carry(worker, redisPort));
    const link = new RedisLink(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the worker sends is under way until `release`: Redis executes it then, even if the worker has given up. */
  stall(): void {
    this.#isStalled = true;
  }

  release(): void {
    this.#isStalled = false;
    for (const connection of this.#connections) {
      for (const bytes of connection.held.splice(0)) connection.redis.write(bytes);
      if (connection.workerHasEnded) connection.redis.end();
    }
  }

  /** Redis executes what the worker has sent, the answers are lost, and then the connections end. */
  async cut(): Promise<void> {
    const connections = [...this.#connections];
    for (const connection of connections) connection.isDeaf = true;
    await new Promise((resolve) => setTimeout(resolve, DEAF_MS));
    for (const { worker, redis } of connections) {
      worker.destroy();
      redis.destroy();
    }
  }

  close(): void {
    this.#server.close();
    for (const { worker, redis } of this.#connections) {
      worker.destroy();
      redis.destroy();
    }
  }

  #carry(worker: Socket, redisPort: number): void {
    const redis = connect(redisPort, '127.0.0.1');
    const connection: Connection = { worker, redis, held: [], workerHasEnded: false, isDeaf: false };
    this.#connections.add(connection);
    worker.on('data', (bytes) => {
      if (this.#isStalled) connection.held.push(bytes);
      else redis.write(bytes);
    });
    redis.on('data', (bytes) => {
      if (!connection.isDeaf) worker.write(bytes);
    });
    worker.once('close', () => {
      connection.workerHasEnded = true;
      if (!this.#isStalled) redis.end();
    });
    redis.once('close', () => {
      worker.destroy();
      this.#connections.delete(connection);
    });
    // A worker or Redis that is killed resets its connections; `close` follows.
    worker.on('error', () => undefined);
    redis.on('error', () => undefined);
  }
}
