// The options of the emulator: what each means, its default, and what is known about the real service there. Checks are
// in `settings.ts`.

import type { ChimeEvent } from './service/events.ts';
import type { Flow } from './service/flow.ts';
import type { PermissionSubject } from './service/operation.ts';
import type { TruthRecord } from './service/message.ts';
import type { ChannelBudgets, DeniedShape, EditSettings, TokenSettings } from './service/settings.ts';

/** What can be changed while the emulator runs. `undefined` means the default. */
export interface ChimeEmulatorSettings {
  /** The channel flow of every channel that has none of its own. @default none: every message is SENT at once */
  flow?: Flow | undefined;
  /**
   * Budget of one bearer, all operations together, in requests per second; as many again may come in a burst. Above it:
   * 429 ThrottledClientException. Documented: 10 in us-east-1, 5 in eu-central-1. `Infinity` is no budget. @default 10
   */
  requestsPerSecond?: number | ((bearer: string) => number) | undefined;
  /**
   * Budgets of one channel, all its users together; what a flow's processor calls back is not counted.
   * @default 30 of each, as documented for us-east-1
   */
  channelRequestsPerSecond?: Partial<ChannelBudgets> | undefined;
  /** Websocket connects per second of one user (documented: 1, fixed). Above it the upgrade is refused with 429. @default 1 */
  connectsPerSecond?: number | undefined;
  /** Open websockets of one user (documented: 10). Above it the upgrade is refused with 429. @default 10 */
  connectionsPerUser?: number | undefined;
  /** How the status of a denied or missing message looks; unknown for the real service. @default 'empty' */
  deniedShape?: DeniedShape | undefined;
  /**
   * For how long, in milliseconds, a fresh message cannot be read: its status answers as a missing one's, GetChannelMessage
   * with 404, lists leave it out. A function gives each message a lag of its own. Assumed possible, unknown how long. @default 0
   */
  readLagMs?: number | ((message: TruthRecord) => number) | undefined;
  /** How the status of a message looks that cannot be read yet. Unknown for the real service. @default as `deniedShape` */
  lagShape?: DeniedShape | undefined;
  /** How REST answers write times: seconds with their fraction, or whole ones. Both are seen in AWS services. @default 'fraction' */
  restTimestamps?: 'fraction' | 'whole-seconds' | undefined;
  /** Sent as `Retry-After` with every 429. Whether the real service sends one is unknown. @default none is sent */
  retryAfterSeconds?: number | undefined;
  /** Leaves `x-amzn-requestid` out of every answer, as a browser would see it if CORS hid it. @default false */
  hideRequestId?: boolean | undefined;
  /** The response headers that CORS lets a page read. Unknown for the real service. @default requestid, errortype, retry-after, date */
  exposedHeaders?: readonly string[] | undefined;
  /**
   * For how long, in milliseconds, a ClientRequestToken is remembered: the same token of the same bearer in the same
   * channel gets the same MessageId and the same answer. Unknown for the real service. @default Infinity
   */
  tokenMemoryMs?: number | undefined;
  /**
   * Whether a token of one sub-channel counts in the others of its channel, too. Unknown for the real service.
   * @default 'channel': it does
   */
  tokenScope?: TokenSettings['tokenScope'] | undefined;
  /**
   * What a remembered token gets with another content: the answer of the message that it made (and no second message), or
   * 409 ConflictException. Unknown for the real service. @default 'same-answer'
   */
  knownToken?: TokenSettings['knownToken'] | undefined;
  /**
   * What the message's Status reads, for its sender, while an edit is with the flow: PENDING, or what it read before.
   * Unknown for the real service. @default 'pending'
   */
  pendingEdit?: EditSettings['pendingEdit'] | undefined;
  /**
   * What it reads once an edit was denied or failed: `'unchanged'` is SENT, `'shown'` is DENIED or FAILED; the content is
   * the old one either way. Unknown for the real service. @default 'unchanged'
   */
  refusedEdit?: EditSettings['refusedEdit'] | undefined;
  /**
   * When an edit moves LastEditedTimestamp: when it is applied, or already when it is accepted (and it stays moved if the
   * edit is denied). Unknown for the real service. @default 'applied'
   */
  editTimestamp?: EditSettings['editTimestamp'] | undefined;
  /**
   * What an edit gets while the message or another edit of it is PENDING: 409 ConflictException, or its place in the flow
   * (an edit of a message that is then denied ends as the message does). Unknown for the real service. @default 'conflict'
   */
  editWhilePending?: EditSettings['editWhilePending'] | undefined;
  /** What requests about a deleted channel get: 404 NotFoundException, or 403 ForbiddenException. @default 'not-found' */
  deletedChannel?: 'not-found' | 'forbidden' | undefined;
  /**
   * Whether the events that a send causes are written after its HTTP answer or before it. Both happen (assumed). With
   * `'before-response'` the answer waits until the sockets have confirmed the events. @default 'after-response'
   */
  eventOrder?: 'after-response' | 'before-response' | undefined;
  /** How often each event is sent: 2 repeats every event, 0 loses it. @default 1 */
  eventCopies?: number | ((event: ChimeEvent) => number) | undefined;
  /** By how many milliseconds an event comes late; a function can put events out of order. @default 0 */
  eventDelayMs?: number | ((event: ChimeEvent) => number) | undefined;
  /** Milliseconds from the opening of a websocket to SESSION_ESTABLISHED; events may come in between. @default 0 */
  sessionEstablishedDelayMs?: number | undefined;
  /** Whether the payload of a DENIED event carries the content. Unknown for the real service. @default true */
  deniedCarriesContent?: boolean | undefined;
  /** False refuses the operation with 403 AccessDeniedException; `'Connect'` closes the websocket with 4401. @default all allowed */
  permissions?: ((bearer: string, operation: PermissionSubject) => boolean) | undefined;
}

/** What `startChimeEmulator` takes. */
export interface ChimeEmulatorOptions extends ChimeEmulatorSettings {
  /** The address to listen on. @default '127.0.0.1' */
  host?: string | undefined;
  /** The port to listen on; 0 is any free one. @default 0 */
  port?: number | undefined;
  /** The region that requests have to be signed for. @default 'us-east-1' */
  region?: string | undefined;
  /** The seed of all chance: ids and faults with a probability. @default none: Math.random */
  seed?: number | undefined;
  /** The source of all chance, numbers in [0, 1), instead of `seed`. */
  random?: (() => number) | undefined;
}
