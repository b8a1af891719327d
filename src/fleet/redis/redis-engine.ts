/** The engine on Redis: BullMQ for the custody of shards, ioredis for everything else. */
import type { FleetDescription, FleetEngine, FleetInspection, OldestDelivery } from '../engine.ts';
import { FleetConfigurationError } from '../errors.ts';
import { InvalidArgumentError } from '../../shared/errors.ts';
import { expectNames, expectObject } from '../../shared/validate.ts';
import { RedisClient, type RedisConnection } from './client.ts';
import { Keys } from './keys.ts';
import { RedisInbox } from './redis-inbox.ts';
import { RedisNames } from './redis-names.ts';
import { RedisLeases } from './redis-leases.ts';
import { RedisOutcomes } from './redis-outcomes.ts';
import { RedisPermits } from './redis-permits.ts';
import { RedisRecords } from './redis-records.ts';

export interface RedisEngineOptions {
  /** A URL, options of ioredis, or a client of ioredis (its connection is not used, and stays yours). */
  connection: RedisConnection;
  /** The name of the fleet: all its keys begin with `chime-delivery:<name>:`. Default `default`. */
  name?: string | undefined;
}

/** XAUTOCLAIM and the lag of a group. */
const OLDEST_VERSION = 7;

/**
 * Creates an engine on Redis 7 or later, with `maxmemory-policy noeviction`. It connects at once, and again after each outage.
 *
 * @throws InvalidArgumentError
 */
export function redisEngine(options: RedisEngineOptions): FleetEngine {
  expectNames('', expectObject('options', 'an object with connection', options), ['connection', 'name']);
  const { connection, name = 'default' } = options;
  if (typeof connection !== 'string' && (typeof connection !== 'object' || connection === null))
    throw new InvalidArgumentError('connection', 'a URL, options of ioredis, or a client of ioredis', connection);
  if (!/^[-_.a-zA-Z0-9]{1,64}$/.test(name))
    throw new InvalidArgumentError('name', '1 to 64 characters of A-Z, a-z, 0-9, -, _ and .', name);
  return new RedisEngine(connection, name);
}

class RedisEngine implements FleetEngine {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly records: RedisRecords;
  readonly inbox: RedisInbox;
  readonly outcomes: RedisOutcomes;
  readonly permits: RedisPermits;
  readonly leases: RedisLeases;
  #fleet: FleetDescription | undefined;
  #opened = 0;

  constructor(connection: RedisConnection, name: string) {
    // A command that fails rejects: the fleet reports it.
    this.#client = new RedisClient(connection, () => undefined);
    this.#keys = new Keys(name);
    const names = new RedisNames(this.#client, this.#keys);
    this.records = new RedisRecords(this.#client, this.#keys, names);
    this.inbox = new RedisInbox(this.#client, this.#keys, names);
    this.outcomes = new RedisOutcomes(this.#client, this.#keys);
    this.permits = new RedisPermits(this.#client, this.#keys);
    this.leases = new RedisLeases(this.#client, this.#keys);
  }

  async open(fleet: FleetDescription): Promise<void> {
    this.#opened += 1;
    await this.#checkServer();
    const { commands } = this.#client;
    await commands.hsetnx(this.#keys.settings, 'shards', String(fleet.shards));
    await commands.hset(this.#keys.settings, 'leaseMs', String(fleet.leaseMs));
    const shards = Number(await commands.hget(this.#keys.settings, 'shards'));
    if (shards !== fleet.shards)
      throw new FleetConfigurationError(
        `The fleet has ${shards} shards, and \`shards\` is ${fleet.shards}: the number of shards cannot be changed. Set \`shards: ${shards}\`, or take another \`name\`.`,
      );
    this.#fleet = fleet;
    this.records.configure(fleet);
    this.outcomes.configure(fleet);
    this.leases.configure(fleet);
  }

  async now(): Promise<number> {
    const [seconds, micros] = await this.#client.commands.time();
    return Number(seconds) * 1_000 + Number(micros) / 1_000;
  }

  async inspect(): Promise<FleetInspection> {
    const { commands } = this.#client;
    const { shards, leaseMs } = this.#fleet ?? (await this.#stored());
    const places = [...Array(shards).keys()];
    const [at, held, holders, oldest, pending, inbox, groups] = await Promise.all([
      this.now(),
      commands.zrange(this.#keys.held, '0', '-1', 'WITHSCORES'),
      commands.hgetall(this.#keys.holders),
      commands.hgetall(this.#keys.oldest),
      Promise.all(places.map((shard) => commands.hlen(this.#keys.records(shard)))),
      Promise.all(places.map((shard) => commands.xlen(this.#keys.inbox(shard)))),
      this.outcomes.inspect(),
    ]);
    const heldAt = new Map(held.flatMap((shard, i) => (i % 2 === 0 ? [[Number(shard), Number(held[i + 1])]] : [])));
    return {
      at,
      groups,
      shards: places.map((shard) => {
        const age = at - (heldAt.get(shard) ?? at - leaseMs - 1);
        const isHeld = age <= leaseMs;
        return {
          shard,
          holder: isHeld ? holders[String(shard)] : undefined,
          unownedMs: isHeld ? 0 : age,
          pending: pending[shard] ?? 0,
          inbox: inbox[shard] ?? 0,
          oldest: oldestOf(oldest[String(shard)]),
        };
      }),
    };
  }

  close(): Promise<void> {
    this.#opened -= 1;
    // Also where it was not opened, to inspect only.
    if (this.#opened > 0) return Promise.resolve();
    this.inbox.close();
    this.#client.close();
    return Promise.resolve();
  }

  /** What the processes of the fleet have stored, for one that only inspects; no shards where there is no fleet. */
  async #stored(): Promise<Pick<FleetDescription, 'shards' | 'leaseMs'>> {
    const { shards = 0, leaseMs = 0 } = await this.#client.commands.hgetall(this.#keys.settings);
    const fleet = { shards: Number(shards), leaseMs: Number(leaseMs) };
    this.outcomes.configure({ ...fleet, keepSettledMs: 0 });
    return fleet;
  }

  /** What would lose data, or does not work, is refused here rather than found later. */
  async #checkServer(): Promise<void> {
    const { commands } = this.#client;
    const [server, memory] = await Promise.all([commands.info('server'), commands.info('memory')]);
    const version = /redis_version:(\d+)\.(\S+)/.exec(server);
    if (Number(version?.[1] ?? OLDEST_VERSION) < OLDEST_VERSION)
      throw new FleetConfigurationError(
        `The fleet needs Redis ${OLDEST_VERSION} or later, and the server is ${version?.[1]}.${version?.[2]}.`,
      );
    const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1];
    if (policy !== undefined && policy !== 'noeviction')
      throw new FleetConfigurationError(
        `Redis may evict records: \`maxmemory-policy\` is ${policy}. Set it to noeviction.`,
      );
  }
}

function oldestOf(text: string | undefined): OldestDelivery | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as OldestDelivery);
}
