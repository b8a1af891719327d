/**
 * The messages between tabs: plain and versioned. An incoming message may come from another version of this library, or from
 * any code of this origin: each field is checked, and an invalid message is ignored. Pure.
 */
import { asObject } from '../../shared/unknown-json.ts';
import type { DeliveryDetails } from '../../core/delivery-details.ts';
import type { Evidence } from '../../core/evidence.ts';
import { isArn, isId } from '../../shared/validate.ts';
import { impliedToken } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { Priority } from '../../core/ports/http.ts';
import { monotonicTimeOf, wallTimeOf } from '../../shared/time.ts';
import { encodeList, decodeList } from './list-encoding.ts';

/** A delivery without an outcome, with the fields that other tabs need. */
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
  /** Times are of the wall clock, which the tabs share. */
  readonly trackedAt: number;
  readonly sentAt: number;
  readonly missingCount: number;
  /** For a send that is handed over: its input, and whether it is certain that no request for it was dispatched. */
  readonly input: unknown;
  readonly knownUnsent: boolean;
  /** For a delivery that is handed over: what the app gave with it. */
  readonly details: DeliveryDetails;
}

/** Evidence about a message, from another tab. */
export interface RemoteResult {
  readonly messageId: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  /** Whether it is about an edit; undefined if that is not known. */
  readonly isEdit: boolean | undefined;
  readonly evidence: Evidence;
}

export interface PollRequest extends PeerDelivery {
  readonly priority: Exclude<Priority, 'send'>;
}

export type TabMessage =
  /** A tab has joined: the leader answers, and all tabs send their lists soon. */
  | { readonly kind: 'hello' }
  /** From the leader: the tabs that are not `known` send their lists at once. */
  | { readonly kind: 'list-request'; readonly known: readonly string[] }
  /** The leader answers. */
  | { readonly kind: 'ping' }
  /** From the leader. `hasCredentials`: its credentials work. */
  | { readonly kind: 'leader'; readonly isVisible: boolean; readonly hasCredentials: boolean }
  /**
   * The tab's deliveries without an outcome: `all` of them, or the new and the ended ones. It is the tab's `n`th message of
   * this kind; the list has `remaining` more parts.
   */
  | {
      readonly kind: 'deliveries';
      readonly n: number;
      readonly all: boolean;
      readonly remaining: number;
      readonly deliveries: readonly PeerDelivery[];
      readonly ended: readonly string[];
    }
  /** From the leader, which has taken over the deliveries of a tab that has ended. */
  | { readonly kind: 'peer-gone'; readonly tab: string }
  | { readonly kind: 'poll'; readonly polls: readonly PollRequest[] }
  | { readonly kind: 'result'; readonly results: readonly RemoteResult[] }
  /** To the leader: a request for a permit for one HTTP request. */
  | { readonly kind: 'permit-request'; readonly n: number; readonly chimeBearer: string; readonly priority: Priority }
  | { readonly kind: 'permit-grant'; readonly to: string; readonly n: number }
  /** To the leader: the HTTP request is over, or (`used` is false) will not be made. */
  | { readonly kind: 'permit-return'; readonly n: number; readonly used: boolean }
  /** A channel was deleted, at this time of the wall clock. */
  | { readonly kind: 'channel-deleted'; readonly channelArn: string; readonly at: number }
  /** The service has answered 429 to the tab. */
  | { readonly kind: 'throttled'; readonly chimeBearer: string; readonly retryAfterMs: number | undefined };

/** Whether a value is valid. */
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

/** A union of kinds, told apart by the field `kind`. */
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
  details: (value) => asObject(value) !== undefined,
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

/** Increased with every change of the messages. Tabs of two versions use two channels: see `channelName`. */
const VERSION = 4;

/** The name of the lock and the channel of the tabs with one bearer and version. */
export function channelName(chimeBearer: string): string {
  return `chime-delivery/${VERSION}:${chimeBearer}`;
}

export function writeMessage(from: string, message: TabMessage): object {
  return { v: VERSION, from, ...message, ...overLists(message, (list) => encodeList(list as object[])) };
}

/** The message in `data`, and its sender; undefined if it is invalid. */
export function readMessage(data: unknown): { from: string; message: TabMessage } | undefined {
  const { v, from } = asObject(data) ?? {};
  if (v !== VERSION || typeof from !== 'string') return undefined;
  const message: unknown = { ...(data as object), ...overLists(data as object, decodeList) };
  return isMessage(message) ? { from, message: message as TabMessage } : undefined;
}

/** The long lists of a message, each mapped by `change`. */
function overLists(message: object, change: (list: unknown) => unknown): object {
  const lists = Object.entries(message).filter(
    ([name]) => name === 'deliveries' || name === 'polls' || name === 'results',
  );
  return Object.fromEntries(lists.map(([name, list]) => [name, change(list)]));
}

/** Parses a delivery of another tab; a future time counts as now. */
export function parsePeerDelivery(received: PeerDelivery, now: number): PeerDelivery {
  const token = received.token ?? impliedToken(received);
  return { ...received, token, trackedAt: Math.min(received.trackedAt, now), sentAt: Math.min(received.sentAt, now) };
}

/** Serializes a result, with its time by the wall clock, which the tabs share. */
export function serializeResult({ evidence, ...about }: RemoteResult): RemoteResult {
  return { ...about, evidence: { ...evidence, at: wallTimeOf(evidence.at) } };
}

/** Parses a result of another tab: its time by this tab's monotonic clock (a future time counts as now), with an Error. */
export function parseResult(received: RemoteResult): RemoteResult {
  const evidence = { ...received.evidence, at: monotonicTimeOf(received.evidence.at) };
  if ('error' in evidence) {
    const { name, message } = evidence.error as Error;
    evidence.error = Object.assign(new Error(message), { name });
  }
  return { ...received, evidence };
}
