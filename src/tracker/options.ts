/** Checks the options of a tracker and fills in the defaults. */
import { NEVER, type Observable } from 'rxjs';
import type { MissingRules } from '../core/reduce.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectArn, expectFunction, expectNumber, expectObject, expectReadable } from '../shared/validate.ts';
import type { Logger, MessagingClient } from '../shared/client.ts';
import type { TrackerOptions } from './tracker-options.ts';
import type { BackoffOptions } from '../poll/backoff.ts';
import { expectFieldNames, expectOptionNames, type MoreNames, type Part } from './option-names.ts';
import type { RateLimit } from '../http/adaptive-rate.ts';
import type { RetryOptions } from '../http/retry.ts';
import type { SendRules } from '../send/sender.ts';

/** The options with every default filled in. */
export interface Settings {
  readonly client: MessagingClient;
  readonly chimeBearer: string;
  readonly rateLimit: RateLimit;
  readonly polling: BackoffOptions;
  readonly missing: MissingRules;
  readonly retry: RetryOptions;
  readonly send: SendRules;
  readonly requestTimeoutMs: number;
  readonly keepSettled: number;
  readonly wake$: Observable<unknown>;
  readonly logger: Logger | undefined;
}

type Given = Record<string, unknown>;

const HOUR_MS = 3_600_000;

/** Fills in the defaults. Throws `InvalidArgumentError` for the first option that is not what it has to be. */
export function readTrackerOptions(options: TrackerOptions, more?: MoreNames): Settings {
  return expectReadable('options', options, () => read(options, more));
}

function read(options: TrackerOptions, more: MoreNames | undefined): Settings {
  const given = expectObject('options', 'an object with client and chimeBearer', options);
  expectOptionNames(given, more);
  const { client, wake$ = NEVER, logger } = options;
  if (typeof (client as Partial<MessagingClient> | undefined)?.send !== 'function') {
    throw new InvalidArgumentError('client', 'a ChimeSDKMessagingClient, or an object with its send()', client);
  }
  const chimeBearer = expectArn('chimeBearer', given['chimeBearer']);
  if (typeof (wake$ as Partial<Observable<unknown>> | null)?.subscribe !== 'function') {
    throw new InvalidArgumentError('wake$', 'an Observable', wake$);
  }
  if (logger !== undefined) {
    expectObject('logger', 'an object with debug, info, warn and error', logger);
    for (const level of ['debug', 'info', 'warn', 'error'] as const) expectFunction(`logger.${level}`, logger[level]);
  }
  return {
    client,
    chimeBearer,
    rateLimit: readRateLimit(part('rateLimit', options.rateLimit, more), chimeBearer),
    polling: readPolling(part('polling', options.polling, more)),
    missing: readMissing(part('missing', options.missing, more)),
    retry: readRetry(part('retry', options.retry, more)),
    send: readSend(part('send', options.send, more)),
    requestTimeoutMs: ms('requestTimeoutMs', orDefault(given['requestTimeoutMs'], 10_000), true),
    keepSettled: expectNumber('keepSettled', orDefault(given['keepSettled'], 10_000), { min: 0, integer: true }),
    wake$,
    logger,
  };
}

function readRateLimit(given: Given, chimeBearer: string): RateLimit {
  // Documented: 10 requests a second of one user in us-east-1, 5 in eu-central-1. The other half is the app's own.
  const half = chimeBearer.split(':')[3] === 'eu-central-1' ? 2.5 : 5;
  const requestsPerSecond = expectNumber('rateLimit.requestsPerSecond', orDefault(given['requestsPerSecond'], half), {
    min: 0,
    above: true,
  });
  return {
    requestsPerSecond,
    burst: expectNumber('rateLimit.burst', orDefault(given['burst'], Math.max(1, requestsPerSecond)), { min: 1 }),
    maxConcurrent: expectNumber('rateLimit.maxConcurrent', orDefault(given['maxConcurrent'], 4), {
      min: 1,
      integer: true,
    }),
  };
}

function readPolling(given: Given): BackoffOptions {
  return {
    firstDelayMs: ms('polling.firstDelayMs', orDefault(given['firstDelayMs'], 1_800)),
    factor: expectNumber('polling.factor', orDefault(given['factor'], 1.2), { min: 1 }),
    maxDelayMs: ms('polling.maxDelayMs', orDefault(given['maxDelayMs'], 60_000), true),
    quietMs: ms('polling.quietMs', orDefault(given['quietMs'], 20_000)),
    giveUpAfterMs: ms('polling.giveUpAfterMs', orDefault(given['giveUpAfterMs'], 48 * HOUR_MS), true),
  };
}

function readMissing(given: Given): MissingRules {
  return {
    confirmations: expectNumber('missing.confirmations', orDefault(given['confirmations'], 2), {
      min: 1,
      integer: true,
    }),
    confirmDelayMs: ms('missing.confirmDelayMs', orDefault(given['confirmDelayMs'], 1_000)),
    minAgeMs: ms('missing.minAgeMs', orDefault(given['minAgeMs'], 2_000)),
    unseenMs: ms('missing.unseenMs', orDefault(given['unseenMs'], 10_000)),
    editMs: ms('missing.editMs', orDefault(given['editMs'], 60_000)),
  };
}

function readRetry(given: Given): RetryOptions {
  return {
    retries: expectNumber('retry.retries', orDefault(given['retries'], 3), { min: 0, integer: true }),
    minTimeoutMs: ms('retry.minTimeoutMs', orDefault(given['minTimeoutMs'], 250)),
    maxTimeoutMs: ms('retry.maxTimeoutMs', orDefault(given['maxTimeoutMs'], 4_000)),
  };
}

function readSend(given: Given): SendRules {
  return {
    resendWindowMs: ms('send.resendWindowMs', orDefault(given['resendWindowMs'], 600_000)),
    expireMs: ms('send.expireMs', orDefault(given['expireMs'], 24 * HOUR_MS)),
  };
}

function ms(argument: string, value: unknown, above = false): number {
  return expectNumber(argument, value, { min: 0, above, unit: 'milliseconds' });
}

function part(name: Part, value: unknown, more: MoreNames | undefined): Given {
  if (value === undefined) return {};
  const given = expectObject(name, 'an object', value);
  expectFieldNames(name, given, more);
  return given;
}

/** Only an absent value gets the default: `null` is not a number, and is refused as such. */
export function orDefault(value: unknown, fallback: number | boolean): unknown {
  return value === undefined ? fallback : value;
}
