/** The names of all options, and the refusal of any other: a misspelt one would silently have no effect. */
import type { MissingRules } from '../core/reduce.ts';
import { expectNames } from '../shared/validate.ts';
import type { BackoffOptions } from '../poll/backoff.ts';
import type { SendRules } from '../send/sender.ts';
import type { TrackerOptions } from './tracker-options.ts';
import type { RateLimit } from '../http/adaptive-rate.ts';
import type { RetryOptions } from '../http/retry.ts';

/** All keys of `T`, which the compiler counts. */
type Names<T> = Readonly<Record<keyof T, true>>;

const names: Names<TrackerOptions> = {
  client: true,
  chimeBearer: true,
  rateLimit: true,
  polling: true,
  missing: true,
  retry: true,
  send: true,
  requestTimeoutMs: true,
  keepSettled: true,
  wake$: true,
  logger: true,
};
const rateLimit: Names<RateLimit> = { requestsPerSecond: true, burst: true, maxConcurrent: true };
const polling: Names<BackoffOptions> = {
  firstDelayMs: true,
  factor: true,
  maxDelayMs: true,
  quietMs: true,
  giveUpAfterMs: true,
};
const missing: Names<MissingRules> = {
  confirmations: true,
  confirmDelayMs: true,
  minAgeMs: true,
  unseenMs: true,
  editMs: true,
};
const retry: Names<RetryOptions> = { retries: true, minTimeoutMs: true, maxTimeoutMs: true };
const send: Names<SendRules> = { resendWindowMs: true, expireMs: true };
export type Part = 'rateLimit' | 'polling' | 'missing' | 'retry' | 'send';
const parts: Readonly<Record<Part, object>> = { rateLimit, polling, missing, retry, send };

/** Names that features add: to the options themselves (''), and to options that have fields. */
export type MoreNames = Readonly<Partial<Record<Part | '', readonly string[]>>>;

export function expectOptionNames(options: object, more: MoreNames = {}): void {
  expectNames('', options, optionNames(more), paths(more));
}

/** The fields of one option that has fields. */
export function expectFieldNames(part: Part, fields: object, more: MoreNames = {}): void {
  expectNames(part, fields, fieldNames(part, more), [...paths(more), ...optionNames(more)]);
}

function optionNames({ '': added = [] }: MoreNames): string[] {
  return [...Object.keys(names), ...added];
}

function fieldNames(part: Part, more: MoreNames): string[] {
  return [...Object.keys(parts[part]), ...(more[part] ?? [])];
}

function paths(more: MoreNames): string[] {
  return (Object.keys(parts) as Part[]).flatMap((part) => fieldNames(part, more).map((name) => `${part}.${name}`));
}
