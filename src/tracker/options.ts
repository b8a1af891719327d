/** The options of a tracker without features: each with its default, all of them checked. */
import { NEVER, type Observable } from 'rxjs';
import type { MissingRules } from '../core/reduce.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectArn, expectFunction, expectNumber, expectObject, expectReadable } from '../shared/validate.ts';
import type { Logger, MessagingClient } from '../shared/client.ts';
import type { BackoffOptions } from '../poll/backoff.ts';
import { expectFieldNames, expectOptionNames, type MoreNames, type Part } from './option-names.ts';
import type { RateLimit } from '../http/adaptive-rate.ts';
import type { RetryOptions } from '../http/retry.ts';
import type { SendRules } from '../send/sender.ts';

/** Options of `createTracker`. All times are in milliseconds. */
export interface TrackerOptions {
  /** Anything with the AWS SDK's `send(command, { abortSignal })`: a `ChimeSDKMessagingClient`, or a test double. */
  client: MessagingClient;
  /** ARN of the AppInstanceUser or bot that sends the messages and polls for them. */
  chimeBearer: string;
  /**
   * The budget of each bearer; every HTTP attempt counts.
   *
   * `requestsPerSecond`: default half of the documented quota per user, which all tabs and devices of the user share:
   * 5 (2.5 in eu-central-1). `burst`: requests that may leave at once after a rest; default the same, at least 1.
   * `maxConcurrent`: requests under way at once; default 4.
   */
  rateLimit?: Partial<RateLimit> | undefined;
  /**
   * When pending deliveries are polled.
   *
   * `firstDelayMs` (1 800), `factor` (1.2) and `maxDelayMs` (60 000) make the exponential backoff while nothing can be
   * heard; jitter takes away up to a fifth of each delay. They are what costs least over thirteen laws of processing
   * time (`npm run bench -- schedule`), where a request counts as much as a second of waiting: an earlier first poll,
   * or more jitter, mostly adds a request that finds nothing. From 1 600 to 2 000 ms, and from 1.15 to 1.3, the cost is
   * the same within 2 %; shorter delays fit a flow that is known to be fast. `quietMs` (20 000) is the time before the
   * first safety poll while push works. `giveUpAfterMs` (48 h, the documented limit of a flow's processor) ends a
   * delivery as UNKNOWN `deadline`.
   */
  polling?: Partial<BackoffOptions> | undefined;
  /**
   * When a missing status is believed to mean DENIED: after `confirmations` (2) misses in a row, `confirmDelayMs` (1 000)
   * apart, at least `minAgeMs` (2 000) after the send. `confirmations: 1` believes the first. A message that no read and no
   * event has ever shown may not be readable yet: its miss is believed `unseenMs` (10 000) after the send. An edit without a
   * readable outcome ends UNKNOWN `indeterminate` after `editMs` (60 000).
   */
  missing?: Partial<MissingRules> | undefined;
  /** p-retry within one logical request: `retries` (3), `minTimeoutMs` (250), `maxTimeoutMs` (4 000). */
  retry?: Partial<RetryOptions> | undefined;
  /**
   * `resendWindowMs` (600 000): how long an unanswered send is sent again with the same token; then it ends
   * UNKNOWN `indeterminate`. How long Chime remembers a token is not published.
   *
   * `expireMs` (24 h): how long a send may wait to leave, offline or without credentials; then it is not sent any more, and
   * ends FAILED `rejected` with a `SendExpiredError`. It bounds the window above, too.
   */
  send?: Partial<SendRules> | undefined;
  /** One HTTP attempt without an answer is given up after this. Default 10 000. */
  requestTimeoutMs?: number | undefined;
  /** Settled deliveries that are remembered for `get`, `watch` and `deliveries$`; the oldest go first. Default 10 000. */
  keepSettled?: number | undefined;
  /** Moments to poll now, beside the platform's own (online, visible). Default: none. */
  wake$?: Observable<unknown> | undefined;
  /** Where diagnostics go. Default: nowhere. */
  logger?: Logger | undefined;
}

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
