/** The names of all options, and the refusal of any other: a misspelt one would have no effect, and nobody would notice. */
import type { MissingRules } from '../core/reduce.ts';
import { expectNames } from '../shared/validate.ts';
import type { DeliveryTrackerOptions } from './options.ts';
import type { PollingOptions } from '../poll/polling-options.ts';
import type { RateLimit } from '../http/adaptive-rate.ts';
import type { RetryOptions } from '../http/retry.ts';

type SendOptions = NonNullable<DeliveryTrackerOptions['send']>;
/** All keys of `T`, which the compiler counts. */
type Names<T> = Readonly<Record<keyof T, true>>;

const names: Names<DeliveryTrackerOptions> = {
  client: true,
  chimeBearer: true,
  rateLimit: true,
  polling: true,
  missing: true,
  retry: true,
  send: true,
  store: true,
  requestTimeoutMs: true,
  keepSettled: true,
  wake$: true,
  tabs: true,
  logger: true,
};
const rateLimit: Names<RateLimit> = { requestsPerSecond: true, burst: true, maxConcurrent: true };
const polling: Names<PollingOptions> = {
  firstDelayMs: true,
  factor: true,
  maxDelayMs: true,
  quietMs: true,
  giveUpAfterMs: true,
  batch: true,
  learn: true,
};
const missing: Names<MissingRules> = {
  confirmations: true,
  confirmDelayMs: true,
  minAgeMs: true,
  unseenMs: true,
  editMs: true,
};
const retry: Names<RetryOptions> = { retries: true, minTimeoutMs: true, maxTimeoutMs: true };
const send: Names<SendOptions> = { resendWindowMs: true, expireMs: true, persistContent: true };
export type Part = 'rateLimit' | 'polling' | 'missing' | 'retry' | 'send';
const parts: Readonly<Record<Part, object>> = { rateLimit, polling, missing, retry, send };

const paths = Object.entries(parts).flatMap(([part, fields]) => Object.keys(fields).map((name) => `${part}.${name}`));

export function expectOptionNames(options: object): void {
  expectNames('', options, Object.keys(names), paths);
}

/** The fields of one option that has fields. */
export function expectFieldNames(part: Part, fields: object): void {
  expectNames(part, fields, Object.keys(parts[part]), [...paths, ...Object.keys(names)]);
}
