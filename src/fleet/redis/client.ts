/** The connections of one process to Redis: one for commands, and one for each reader that waits. */
import { Redis, type RedisOptions } from 'ioredis';
import { scripts, type ScriptName } from './scripts.ts';

/** A URL, options of ioredis, or a client of ioredis, which is only read for its options and stays the caller's. */
export type RedisConnection = string | RedisOptions | Redis;

type Value = string | number;

/** How long a command may take in milliseconds: a connection that is half-open answers never. */
const COMMAND_TIMEOUT_MS = 5_000;

export class RedisClient {
  readonly #connection: RedisConnection;
  readonly commands: Redis;
  readonly #all: Redis[] = [];
  readonly #onError: (error: Error) => void;

  constructor(connection: RedisConnection, onError: (error: Error) => void) {
    this.#connection = connection;
    this.#onError = onError;
    this.commands = this.connect({
      enableAutoPipelining: true,
      // A command whose connection is lost may have had its effect: the caller decides whether to repeat it.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 1,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    for (const [name, script] of Object.entries(scripts)) this.commands.defineCommand(name, script);
  }

  /** A connection of its own, for a reader that waits. */
  connect(options: RedisOptions): Redis {
    const all = { retryStrategy: (times: number) => Math.min(times * 50, 1_000), ...options };
    const connection = this.#connection;
    // The types of ioredis want each option exactly; those of the app are as ioredis takes them.
    const redis =
      connection instanceof Redis
        ? connection.duplicate(all)
        : typeof connection === 'string'
          ? new Redis(connection, all as object)
          : new Redis({ ...connection, ...all } as object);
    // The commands reject; without a listener ioredis writes to the console.
    redis.on('error', this.#onError);
    this.#all.push(redis);
    return redis;
  }

  run(script: ScriptName, ...args: readonly Value[]): Promise<unknown> {
    const command = (this.commands as unknown as Record<ScriptName, (...args: readonly Value[]) => Promise<unknown>>)[
      script
    ];
    return command.apply(this.commands, [...args]);
  }

  /** Whether a script that answers 0 or 1 answered 1. */
  async did(script: ScriptName, ...args: readonly Value[]): Promise<boolean> {
    return (await this.run(script, ...args)) === 1;
  }

  close(): void {
    for (const redis of this.#all) redis.disconnect();
  }
}
