/**
 * What tabs say to each other: plain, versioned messages. Whatever comes may be of another version of this library, or of
 * anybody on this origin: each field is checked, and what does not fit is no message. Pure.
 */
import { asRecord } from '../core/as-record.ts';
import type { Evidence } from '../core/evidence.ts';
import { isArn, isId } from '../core/expect.ts';
import { impliedToken } from '../core/identity.ts';
import type { Known } from '../core/known.ts';
import type { Priority } from '../core/ports.ts';
import { steadyTimeOf, wallTimeOf } from '../core/time.ts';
import { pack, unpack } from './lists.ts';

/** A delivery without an outcome, as far as others need to know it. */
export interface Facts extends Pick<
  Known,
  | 'id'
  | 'token'
  | 'channelArn'
  | 'chimeBearer'
  | 'messageId'
  | 'subChannelId'
  | 'provable'
  | 'update'
  | 'contentDigest'
  | 'seen'
> {
  /** By the wall clock, which the tabs share. */
  readonly trackedAt: number;
  readonly sentAt: number;
  readonly misses: number;
  /** Of a send that is handed over: what to send again, and that nothing of it has left. */
  readonly input: unknown;
  readonly held: boolean;
}

/** What was found out about a message. */
export interface Finding {
  readonly messageId: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  /** Where it was looked for. */
  readonly subChannelId: string | undefined;
  /** Whether it is about an edit; undefined where that was not said. */
  readonly update: boolean | undefined;
  readonly evidence: Evidence;
}

export interface Ask extends Facts {
  readonly priority: Exclude<Priority, 'send'>;
}

export type Message =
  /** I have just come: say who leads, and, some time soon, what you have. */
  | { readonly kind: 'who' }
  /** I lead: say at once what you have, unless I know. */
  | { readonly kind: 'list'; readonly known: readonly string[] }
  /** Leader, are you there? */
  | { readonly kind: 'ping' }
  /** I lead. `able`: with credentials that work. */
  | { readonly kind: 'lead'; readonly visible: boolean; readonly able: boolean }
  /**
   * My deliveries without an outcome: `all` of them, or what is new and what has ended. It is the `n`th that I say of them;
   * the list has `left` more parts.
   */
  | {
      readonly kind: 'have';
      readonly n: number;
      readonly all: boolean;
      readonly left: number;
      readonly facts: readonly Facts[];
      readonly ended: readonly string[];
    }
  /** That tab is no more, and what it had is mine. */
  | { readonly kind: 'gone'; readonly tab: string }
  | { readonly kind: 'ask'; readonly asks: readonly Ask[] }
  | { readonly kind: 'found'; readonly found: readonly Finding[] }
  /** May I make a request? */
  | { readonly kind: 'leave'; readonly n: number; readonly chimeBearer: string; readonly priority: Priority }
  | { readonly kind: 'grant'; readonly to: string; readonly n: number }
  /** It is made, or (`used` is false) will not be. */
  | { readonly kind: 'done'; readonly n: number; readonly used: boolean }
  /** A channel was deleted, at this moment of the wall clock. */
  | { readonly kind: 'channel-deleted'; readonly channelArn: string; readonly at: number }
  /** The service has answered 429 to me. */
  | { readonly kind: 'slow'; readonly chimeBearer: string; readonly retryAfterMs: number | undefined };

/** Whether a value is what it has to be. */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => typeof value === 'number' && value >= 0 && value < Infinity;
const isAnything: Check = () => true;

function oneOf(...words: readonly string[]): Check {
  return (value) => words.includes(value as string);
}

function maybe(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function fields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return (value) => entries.every(([name, check]) => check(asRecord(value)?.[name]));
}

/** One of several kinds, which says itself of which it is. */
function kinds(checks: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check {
  const kinds = new Map(Object.entries(checks).map(([kind, each]) => [kind as unknown, fields(each)]));
  return (value) => kinds.get(asRecord(value)?.['kind'])?.(value) === true;
}

const about = { channelArn: isArn, chimeBearer: isArn };
const facts = {
  ...about,
  id: isId,
  token: maybe(isId),
  messageId: maybe(isId),
  subChannelId: maybe(isId),
  provable: isFlag,
  update: isFlag,
  contentDigest: maybe(isCount),
  seen: isFlag,
  trackedAt: isCount,
  sentAt: isCount,
  misses: isCount,
  input: isAnything,
  held: isFlag,
} satisfies Record<keyof Facts, Check>;

const error = fields({ name: isText, message: isText });
const isEvidence = kinds({
  present: { at: isCount },
  removed: { at: isCount },
  unanswered: { at: isCount },
  missing: { at: isCount, tookMs: maybe(isCount), witness: oneOf('status', 'message', 'status-alone') },
  invalid: { at: isCount, error },
  forbidden: { at: isCount, error },
  said: {
    at: isCount,
    tookMs: maybe(isCount),
    source: oneOf('send-response', 'websocket', 'prefetch', 'status', 'list', 'message', 'missing'),
    status: oneOf('PENDING', 'SENT', 'FAILED', 'DENIED'),
    detail: maybe(isText),
  },
});

const finding = {
  ...about,
  messageId: isId,
  subChannelId: maybe(isId),
  update: maybe(isFlag),
  evidence: isEvidence,
} satisfies Record<keyof Finding, Check>;

const isMessage = kinds({
  who: {},
  list: { known: listOf(isText) },
  ping: {},
  lead: { visible: isFlag, able: isFlag },
  have: { n: isCount, all: isFlag, left: isCount, facts: listOf(fields(facts)), ended: listOf(isId) },
  gone: { tab: isText },
  ask: { asks: listOf(fields({ ...facts, messageId: isId, priority: oneOf('poll', 'reconcile') })) },
  found: { found: listOf(fields(finding)) },
  leave: { n: isCount, chimeBearer: isArn, priority: oneOf('send', 'reconcile', 'poll') },
  grant: { to: isText, n: isCount },
  done: { n: isCount, used: isFlag },
  'channel-deleted': { channelArn: isArn, at: isCount },
  slow: { chimeBearer: isArn, retryAfterMs: maybe(isCount) },
} satisfies Record<Message['kind'], Record<string, Check>>);

/** Goes up with every change of what is said. Tabs of two versions do not meet: see `nameFor`. */
const VERSION = 2;

/** The name of the lock and the channel that the tabs of one bearer and version have in common. */
export function nameFor(chimeBearer: string): string {
  return `chime-delivery/${VERSION}:${chimeBearer}`;
}

export function writeMessage(from: string, message: Message): object {
  return { v: VERSION, from, ...message, ...overLists(message, (list) => pack(list as object[])) };
}

/** What `data` says and who says so; undefined where it is no message. */
export function readMessage(data: unknown): { from: string; message: Message } | undefined {
  const { v, from } = asRecord(data) ?? {};
  if (v !== VERSION || typeof from !== 'string') return undefined;
  const message: unknown = { ...(data as object), ...overLists(data as object, unpack) };
  return isMessage(message) ? { from, message: message as Message } : undefined;
}

/** The lists of a message that may be long, each changed by `change`. */
function overLists(message: object, change: (list: unknown) => unknown): object {
  const lists = Object.entries(message).filter(([name]) => name === 'facts' || name === 'asks' || name === 'found');
  return Object.fromEntries(lists.map(([name, list]) => [name, change(list)]));
}

/** What was told of a delivery; a time to come is taken for now. */
export function readFacts(told: Facts, now: number): Facts {
  const token = told.token ?? impliedToken(told);
  return { ...told, token, trackedAt: Math.min(told.trackedAt, now), sentAt: Math.min(told.sentAt, now) };
}

/** A finding as it is told: by the wall clock, which the tabs share. */
export function writeFinding({ evidence, ...about }: Finding): Finding {
  return { ...about, evidence: { ...evidence, at: wallTimeOf(evidence.at) } };
}

/** What was told to be found, by this tab's monotonic clock, with an error that is one; a time to come is taken for now. */
export function readFinding(told: Finding): Finding {
  const evidence = { ...told.evidence, at: steadyTimeOf(told.evidence.at) };
  if ('error' in evidence) {
    const { name, message } = evidence.error as Error;
    evidence.error = Object.assign(new Error(message), { name });
  }
  return { ...told, evidence };
}
