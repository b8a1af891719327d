// From options to settings: the defaults and the validation.

import type { ChimeEmulatorOptions, ChimeEmulatorSettings } from './options.ts';
import type { ChannelBudgets, ServiceSettings } from './service/settings.ts';
import type { SocketSettings } from './socket/socket-settings.ts';

/** All settings with their values: one object, which all parts read and `set` changes. */
export interface Settings extends ServiceSettings, SocketSettings {
  hideRequestId: boolean;
  exposedHeaders: readonly string[];
  eventOrder: 'after-response' | 'before-response';
}

export function defaultSettings(): Settings {
  return {
    flow: undefined,
    processors: undefined,
    requestsPerSecond: 10,
    channelRequestsPerSecond: { sends: 30, lists: 30, gets: 30 },
    connectsPerSecond: 1,
    connectionsPerUser: 10,
    deniedShape: 'empty',
    readLagMs: 0,
    lagShape: undefined,
    retryAfterSeconds: undefined,
    hideRequestId: false,
    exposedHeaders: ['x-amzn-requestid', 'x-amzn-errortype', 'retry-after', 'date'],
    restTimestamps: 'fraction',
    tokenMemoryMs: Infinity,
    tokenScope: 'channel',
    knownToken: 'same-answer',
    pendingEdit: 'pending',
    refusedEdit: 'unchanged',
    editTimestamp: 'applied',
    editWhilePending: 'conflict',
    deletedChannel: 'not-found',
    eventOrder: 'after-response',
    eventCopies: 1,
    eventDelayMs: 0,
    sessionEstablishedDelayMs: 0,
    deniedCarriesContent: true,
    permissions: undefined,
  };
}

type Check = (value: unknown) => boolean;
const isFunction: Check = (value) => typeof value === 'function';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isAmount: Check = (value) => typeof value === 'number' && value >= 0;
const isDelay: Check = (value) => typeof value === 'number' && value >= 0 && value <= 2 ** 31 - 1;
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

const amount = 'a number from 0 to Infinity';
const delay = 'milliseconds from 0 to 2147483647';
type Rule = readonly [Check, string];
const rules: Record<keyof Settings, Rule> = {
  flow: [isFunction, 'a function'],
  processors: [isFunctions, 'an object of functions, by the ARN of their Lambda function'],
  requestsPerSecond: [either(isAmount, isFunction), `${amount} or a function`],
  channelRequestsPerSecond: [isBudgets, `an object with sends, lists, gets, each ${amount}`],
  connectsPerSecond: [isAmount, amount],
  connectionsPerUser: [isAmount, amount],
  deniedShape: oneOf('empty', 'no-status', 'null', 'not-found'),
  readLagMs: [either(isAmount, isFunction), `${amount} or a function`],
  lagShape: oneOf('empty', 'no-status', 'null', 'not-found'),
  retryAfterSeconds: [isAmount, amount],
  hideRequestId: [isBoolean, 'a boolean'],
  exposedHeaders: [Array.isArray, 'an array of header names'],
  restTimestamps: oneOf('fraction', 'whole-seconds'),
  tokenMemoryMs: [isAmount, amount],
  tokenScope: oneOf('channel', 'sub-channel'),
  knownToken: oneOf('same-answer', 'conflict'),
  pendingEdit: oneOf('pending', 'unchanged'),
  refusedEdit: oneOf('unchanged', 'shown'),
  editTimestamp: oneOf('applied', 'accepted'),
  editWhilePending: oneOf('conflict', 'accepted'),
  deletedChannel: oneOf('not-found', 'forbidden'),
  eventOrder: oneOf('after-response', 'before-response'),
  eventCopies: [either(Number.isInteger, isFunction), 'a whole number or a function'],
  eventDelayMs: [either(isDelay, isFunction), `${delay} or a function`],
  sessionEstablishedDelayMs: [isDelay, delay],
  deniedCarriesContent: [isBoolean, 'a boolean'],
  permissions: [isFunction, 'a function'],
};

/** One of these words: the check, and how the refusal lists them. */
function oneOf(...words: string[]): Rule {
  const quoted = words.map((word) => `'${word}'`);
  return [(value) => words.includes(String(value)), `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`];
}

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isPort: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;

// Options that cannot be changed once the emulator runs, and so are no settings.
const startRules: Record<Exclude<keyof ChimeEmulatorOptions, keyof Settings>, Rule> = {
  host: [isText, 'a host name or address'],
  port: [isPort, 'a whole number from 0 to 65535'],
  tls: [isCertificate, 'an object with cert and key, both PEM texts'],
  region: [isText, 'the name of a region'],
  seed: [Number.isFinite, 'a number'],
  onRequest: [isFunction, 'a function'],
  random: [isFunction, 'a function'],
};

/** Changes the given settings; `undefined` restores a default. All values are checked before any setting changes. */
export function applySettings(settings: Settings, given: ChimeEmulatorSettings): void {
  const defaults = defaultSettings();
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!isSetting(key)) throw new TypeError(`Unknown emulator setting: ${key}`);
    expectValue(key, value, rules[key]);
    patch[key] = value === undefined ? defaults[key] : value;
  }
  const budgets = patch['channelRequestsPerSecond'];
  if (budgets) patch['channelRequestsPerSecond'] = { ...defaults.channelRequestsPerSecond, ...budgets };
  Object.assign(settings, patch);
}

/** Checks the options that only the start can set, and returns the others. */
export function changeableOf(options: ChimeEmulatorOptions): ChimeEmulatorSettings {
  const { host, port, tls, region, seed, onRequest, random, ...changeable } = options;
  for (const [key, value] of Object.entries({ host, port, tls, region, seed, onRequest, random })) {
    expectValue(key, value, startRules[key as keyof typeof startRules]);
  }
  return changeable;
}

function expectValue(key: string, value: unknown, [check, expected]: Rule): void {
  if (value !== undefined && !check(value))
    throw new TypeError(`Expected ${key} to be ${expected}; got ${show(value)}.`);
}

function isSetting(key: string): key is keyof Settings {
  return Object.hasOwn(rules, key);
}

function isBudgets(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const names: readonly (keyof ChannelBudgets)[] = ['sends', 'lists', 'gets'];
  return Object.entries(value).every(([key, one]) => names.some((name) => name === key) && isAmount(one));
}

function isCertificate(value: unknown): boolean {
  const { cert, key } = (value ?? {}) as { cert?: unknown; key?: unknown };
  return isText(cert) && isText(key);
}

function isFunctions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'function');
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
