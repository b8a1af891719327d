/** The options of a fleet: checks them, and fills in the defaults. */
import type { MessagingClient, Logger } from '../shared/client.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import {
  expectBoolean,
  expectFunction,
  expectNames,
  expectNumber,
  expectObject,
  expectOneOf,
  expectReadable,
} from '../shared/validate.ts';
import { safeLogger } from '../shared/safe-logger.ts';
import type { Settings } from '../tracker/options.ts';
import { readOptions, type DeliveryTrackerOptions } from '../tracker/preset-options.ts';
import type { FleetEngine } from './engine.ts';
import { routedClient } from './routed-client.ts';

/** `client` sends and tracks; `worker` holds shards, and so polls and sends what was accepted; `both` does both. */
export type FleetRole = 'both' | 'client' | 'worker';

/** Options of `createDeliveryFleet`. All times are in milliseconds. */
export interface DeliveryFleetOptions extends Pick<
  DeliveryTrackerOptions,
  'rateLimit' | 'polling' | 'missing' | 'retry' | 'requestTimeoutMs' | 'logger'
> {
  /** What the processes share: `redisEngine({ connection })`, `memoryEngine()`, or your own `FleetEngine`. */
  engine: FleetEngine;
  /** The SDK client that may act for this bearer. Called for each request; return the same client where you can. */
  clientFor: (chimeBearer: string) => MessagingClient;
  /** What this process does. Default `both`. */
  role?: FleetRole | undefined;
  /** The number of shards, the same in all processes, and fixed for the life of the fleet. Default 256. */
  shards?: number | undefined;
  /** How long a shard stays with a process that does not answer. Default 2 000. */
  leaseMs?: number | undefined;
  /** How long `get` still gives an outcome, and a token that was used is recognized. Default 60 000. */
  keepSettledMs?: number | undefined;
  /**
   * `resendWindowMs` and `expireMs` as for a tracker. `persistContent` (false): whether the engine gets the content of messages.
   * With it, `send` resolves once the message is kept, and a worker sends it, whatever becomes of the caller. Without it, the
   * caller's process sends it, `send` resolves once the service has it, and what a caller that died was sending ends UNKNOWN.
   */
  send?: DeliveryTrackerOptions['send'];
  /** The name of this process in `inspect`. Default: host name and process id. */
  name?: string | undefined;
}

export interface FleetSettings {
  readonly engine: FleetEngine;
  readonly role: FleetRole;
  readonly shards: number;
  readonly leaseMs: number;
  readonly keepSettledMs: number;
  readonly persistContent: boolean;
  readonly name: string | undefined;
  readonly batch: boolean;
  readonly learn: boolean;
  readonly logger: Logger | undefined;
  /** The settings of each tracker, but for its bearer. */
  readonly tracker: Omit<Settings, 'chimeBearer'>;
}

const NAMES = [
  'engine',
  'clientFor',
  'role',
  'shards',
  'leaseMs',
  'keepSettledMs',
  'send',
  'name',
  'rateLimit',
  'polling',
  'missing',
  'retry',
  'requestTimeoutMs',
  'logger',
];

/** Settled deliveries that the tracker of a shard remembers: their late events must not be taken for others'. */
const KEEP_SETTLED = 1_000;
/** A bearer in a region with the usual quota: the trackers of all shards have one rate. */
const USUAL_BEARER = 'arn:aws:chime:us-east-1:000000000000:app-instance/fleet/user/fleet';

/** @throws InvalidArgumentError */
export function readFleetOptions(options: DeliveryFleetOptions): FleetSettings {
  return expectReadable('options', options, () => read(options));
}

function read(options: DeliveryFleetOptions): FleetSettings {
  const given = expectObject('options', 'an object with engine and clientFor', options);
  expectNames('', given, NAMES);
  const { engine, clientFor, role = 'both', shards = 256, leaseMs = 2_000, keepSettledMs = 60_000, name } = options;
  const parts = expectObject('engine', 'a FleetEngine, such as `memoryEngine()`', engine);
  for (const part of ['leases', 'records', 'inbox', 'outcomes', 'permits'])
    expectObject(`engine.${part}`, 'a part of a FleetEngine', parts[part]);
  for (const method of ['open', 'now', 'inspect', 'close']) expectFunction(`engine.${method}`, parts[method]);
  expectFunction('clientFor', clientFor);
  expectOneOf('role', ['both', 'client', 'worker'], role);
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    throw new InvalidArgumentError('name', 'a non-empty string', name);
  const { rateLimit, polling, missing, retry, send, requestTimeoutMs, logger } = options;
  const { persistContent = false, ...sendRules } = expectObject('send', 'an object', send ?? {});
  const preset = readOptions({
    client: routedClient(clientFor),
    chimeBearer: USUAL_BEARER,
    rateLimit: sharedRate(rateLimit),
    polling,
    missing,
    retry,
    send: sendRules,
    requestTimeoutMs,
    logger,
    tabs: false,
    keepSettled: KEEP_SETTLED,
  });
  const { polling: pollingSettings, store: _store, tabs: _tabs, chimeBearer: _bearer, ...tracker } = preset;
  const { batch, learn, ...backoff } = pollingSettings;
  return {
    engine,
    role,
    shards: expectNumber('shards', shards, { min: 1, integer: true }),
    leaseMs: expectNumber('leaseMs', leaseMs, { min: 100, unit: 'milliseconds' }),
    keepSettledMs: expectNumber('keepSettledMs', keepSettledMs, { min: 0, unit: 'milliseconds' }),
    persistContent: expectBoolean('send.persistContent', persistContent),
    name,
    batch,
    learn,
    logger: preset.logger && safeLogger(preset.logger),
    tracker: { ...tracker, polling: backoff },
  };
}

/**
 * The busiest second of a bearer is `burst` and `requestsPerSecond` together: by default one less than the documented quota of 10,
 * since all processes may spend at once.
 */
function sharedRate(given: DeliveryFleetOptions['rateLimit']): DeliveryFleetOptions['rateLimit'] {
  const { requestsPerSecond = 5, burst } = given ?? {};
  return { ...given, requestsPerSecond, burst: burst ?? Math.max(1, requestsPerSecond - 1) };
}
