/**
 * What tabs say to each other: plain, versioned messages. Whatever comes may be of another version of this library, or of
 * anybody on this origin: each field is checked, and what does not fit is no message. Pure.
 */
import { asObject } from '../../shared/unknown-json.ts';
import type { Evidence } from '../../core/evidence.ts';
import { isArn, isId } from '../../shared/validate.ts';
import { impliedToken } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { Priority } from '../../core/ports/http.ts';
import { monotonicTimeOf, wallTimeOf } from '../../shared/time.ts';
import { encodeList, decodeList } from './list-encoding.ts';

/** A delivery without an outcome, as far as others need to know it. */
export interface PeerDelivery extends Pick<
  DeliveryRecord,
  | 'id'
  | 'token'
  | 'channelArn'
  | 'chimeBearer'
  | 'messageId'
  | 'subChannelId'
  | 'missingMeansDenied'
  | 'isEdit'
  | 'contentDigest'
  | 'seen'
> {
  /** By the wall clock, which the tabs share. */
  readonly trackedAt: number;
  readonly sentAt: number;
  readonly missingCount: number;
  /** Of a send that is handed over: what to send again, and that nothing of it has left. */
  readonly input: unknown;
  readonly knownUnsent: boolean;
}

/** What was found out about a message. */
export interface RemoteResult {
  readonly messageId: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  /** Where it was read. */
  readonly subChannelId: string | undefined;
  /** Whether it is about an edit; undefined where that was not said. */
  readonly isEdit: boolean | undefined;
  readonly evidence: Evidence;
}

export interface PollRequest extends PeerDelivery {
  readonly priority: Exclude<Priority, 'send'>;
}

export type TabMessage =
  /** I have just come: say who leads, and, some time soon, what you have. */
  | { readonly kind: 'hello' }
  /** I lead: say at once what you have, unless I know. */
  | { readonly kind: 'list-request'; readonly known: readonly string[] }
  /** Leader, are you there? */
  | { readonly kind: 'ping' }
  /** I lead. `hasCredentials`: with credentials that work. */
  | { readonly kind: 'leader'; readonly isVisible: boolean; readonly hasCredentials: boolean }
  /**
   * My deliveries without an outcome: `all` of them, or what is new and what has ended. It is the `n`th that I say of
   * them; the list has `remaining` more parts.
   */
  | {
      readonly kind: 'deliveries';
      readonly n: number;
      readonly all: boolean;
      readonly remaining: number;
      readonly deliveries: readonly PeerDelivery[];
      readonly ended: readonly string[];
    }
  /** That tab is no more, and what it had is mine. */
  | { readonly kind: 'peer-gone'; readonly tab: string }
  | { readonly kind: 'poll'; readonly polls: readonly PollRequest[] }
  | { readonly kind: 'result'; readonly results: readonly RemoteResult[] }
  /** May I make a request? */
  | { readonly kind: 'permit-request'; readonly n: number; readonly chimeBearer: string; readonly priority: Priority }
  | { readonly kind: 'permit-grant'; readonly to: string; readonly n: number }
  /** It is made, or (`used` is false) will not be. */
  | { readonly kind: 'permit-return'; readonly n: number; readonly used: boolean }
  /** A channel was deleted, at this moment of the wall clock. */
  | { readonly kind: 'channel-deleted'; readonly channelArn: string; readonly at: number }
  /** The service has answered 429 to me. */
  | { readonly kind: 'throttled'; readonly chimeBearer: string; readonly retryAfterMs: number | undefined };

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
  return (value) => entries.every(([name, check]) => check(asObject(value)?.[name]));
}

/** One of several kinds, which says itself of which it is. */
function kinds(checks: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check {
  const kinds = new Map(Object.entries(checks).map(([kind, each]) => [kind as unknown, fields(each)]));
  return (value) => kinds.get(asObject(value)?.['kind'])?.(value) === true;
}

const about = { channelArn: isArn, chimeBearer: isArn };
const peerDelivery = {
  ...about,
  id: isId,
  token: maybe(isId),
  messageId: maybe(isId),
  subChannelId: maybe(isId),
  missingMeansDenied: isFlag,
  isEdit: isFlag,
  contentDigest: maybe(isCount),
  seen: isFlag,
  trackedAt: isCount,
  sentAt: isCount,
  missingCount: isCount,
  input: isAnything,
  knownUnsent: isFlag,
} satisfies Record<keyof PeerDelivery, Check>;

const error = fields({ name: isText, message: isText });
const isEvidence = kinds({
  present: { at: isCount },
  removed: { at: isCount },
  'no-response': { at: isCount },
  missing: { at: isCount, tookMs: maybe(isCount), source: oneOf('status', 'message', 'status-only') },
  invalid: { at: isCount, error },
  forbidden: { at: isCount, error },
  status: {
    at: isCount,
    tookMs: maybe(isCount),
    source: oneOf('send-response', 'websocket', 'prefetch', 'status', 'list', 'message', 'missing'),
    status: oneOf('PENDING', 'SENT', 'FAILED', 'DENIED'),
    detail: maybe(isText),
  },
});

const remoteResult = {
  ...about,
  messageId: isId,
  subChannelId: maybe(isId),
  isEdit: maybe(isFlag),
  evidence: isEvidence,
} satisfies Record<keyof RemoteResult, Check>;

const isMessage = kinds({
  hello: {},
  'list-request': { known: listOf(isText) },
  ping: {},
  leader: { isVisible: isFlag, hasCredentials: isFlag },
  deliveries: {
    n: isCount,
    all: isFlag,
    remaining: isCount,
    deliveries: listOf(fields(peerDelivery)),
    ended: listOf(isId),
  },
  'peer-gone': { tab: isText },
  poll: { polls: listOf(fields({ ...peerDelivery, messageId: isId, priority: oneOf('poll', 'reconcile') })) },
  result: { results: listOf(fields(remoteResult)) },
  'permit-request': { n: isCount, chimeBearer: isArn, priority: oneOf('send', 'reconcile', 'poll') },
  'permit-grant': { to: isText, n: isCount },
  'permit-return': { n: isCount, used: isFlag },
  'channel-deleted': { channelArn: isArn, at: isCount },
  throttled: { chimeBearer: isArn, retryAfterMs: maybe(isCount) },
} satisfies Record<TabMessage['kind'], Record<string, Check>>);

/** Goes up with every change of what is said. Tabs of two versions do not meet: see `channelName`. */
const VERSION = 3;

/** The name of the lock and the channel that the tabs of one bearer and version have in common. */
export function channelName(chimeBearer: string): string {
  return `chime-delivery/${VERSION}:${chimeBearer}`;
}

export function writeMessage(from: string, message: TabMessage): object {
  return { v: VERSION, from, ...message, ...overLists(message, (list) => encodeList(list as object[])) };
}

/** What `data` says and who says so; undefined where it is no message. */
export function readMessage(data: unknown): { from: string; message: TabMessage } | undefined {
  const { v, from } = asObject(data) ?? {};
  if (v !== VERSION || typeof from !== 'string') return undefined;
  const message: unknown = { ...(data as object), ...overLists(data as object, decodeList) };
  return isMessage(message) ? { from, message: message as TabMessage } : undefined;
}

/** The lists of a message that may be long, each changed by `change`. */
function overLists(message: object, change: (list: unknown) => unknown): object {
  const lists = Object.entries(message).filter(
    ([name]) => name === 'deliveries' || name === 'polls' || name === 'results',
  );
  return Object.fromEntries(lists.map(([name, list]) => [name, change(list)]));
}

/** What was told of a delivery; a time to come is taken for now. */
export function parsePeerDelivery(told: PeerDelivery, now: number): PeerDelivery {
  const token = told.token ?? impliedToken(told);
  return { ...told, token, trackedAt: Math.min(told.trackedAt, now), sentAt: Math.min(told.sentAt, now) };
}

/** A finding as it is told: by the wall clock, which the tabs share. */
export function serializeResult({ evidence, ...about }: RemoteResult): RemoteResult {
  return { ...about, evidence: { ...evidence, at: wallTimeOf(evidence.at) } };
}

/** What was told to be found, by this tab's monotonic clock, with an error that is one; a time to come is taken for now. */
export function parseResult(told: RemoteResult): RemoteResult {
  const evidence = { ...told.evidence, at: monotonicTimeOf(told.evidence.at) };
  if ('error' in evidence) {
    const { name, message } = evidence.error as Error;
    evidence.error = Object.assign(new Error(message), { name });
  }
  return { ...told, evidence };
}
