// The options of the emulator: their meaning, their defaults, and what is known about the real service. `settings.ts` checks
// them.

import type { RequestRecord } from './request-log.ts';
import type { ChimeEvent } from './service/events.ts';
import type { Processor } from './service/processor.ts';
import type { Flow } from './service/flow.ts';
import type { PermissionSubject } from './service/operation.ts';
import type { TruthRecord } from './service/message.ts';
import type { ChannelBudgets, DeniedShape, EditSettings, TokenSettings } from './service/settings.ts';

/** The options that can be changed while the emulator runs. `undefined` means the default. */
export interface ChimeEmulatorSettings {
  /** The channel flow of every channel without its own flow. @default none: every message is SENT at once */
  flow?: Flow | undefined;
  /**
   * The local functions of processors, by the ARN of their Lambda function. A channel flow that an app has created with
   * CreateChannelFlow and AssociateChannelFlow calls them; they answer by ChannelFlowCallback. @default none: each has failed
   */
  processors?: Readonly<Record<string, Processor>> | undefined;
  /**
   * Budget of one bearer for all operations together, in requests per second, with a burst of the same size. Above it: 429
   * ThrottledClientException. Documented: 10 in us-east-1, 5 in eu-central-1. `Infinity`: no limit. @default 10
   */
  requestsPerSecond?: number | ((bearer: string) => number) | undefined;
  /**
   * Budgets of one channel for all its users together; callbacks of a flow's processor do not count.
   * @default 30 of each, as documented for us-east-1
   */
  channelRequestsPerSecond?: Partial<ChannelBudgets> | undefined;
  /** Websocket connects per second of one user (documented: 1, fixed). Above it the upgrade is refused with 429. @default 1 */
  connectsPerSecond?: number | undefined;
  /** Open websockets of one user (documented: 10). Above it the upgrade is refused with 429. @default 10 */
  connectionsPerUser?: number | undefined;
  /** The shape of the status of a denied or missing message. Unknown for the real service. @default 'empty' */
  deniedShape?: DeniedShape | undefined;
  /**
   * For how long, in milliseconds, a fresh message cannot be read: its status is that of a missing message, GetChannelMessage
   * answers 404, lists leave it out. A function gives each message its own lag. Assumed possible; the length is unknown. @default 0
   */
  readLagMs?: number | ((message: TruthRecord) => number) | undefined;
  /** The shape of the status of a message that cannot be read yet. Unknown for the real service. @default as `deniedShape` */
  lagShape?: DeniedShape | undefined;
  /** The format of times in REST answers: seconds with a fraction, or whole ones. AWS services use both. @default 'fraction' */
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
   * Whether a token of one sub-channel also counts in the other sub-channels of its channel. Unknown for the real service.
   * @default 'channel': it does
   */
  tokenScope?: TokenSettings['tokenScope'] | undefined;
  /**
   * The answer to a remembered token with another content: that of its message (and no second message), or 409
   * ConflictException. Unknown for the real service. @default 'same-answer'
   */
  knownToken?: TokenSettings['knownToken'] | undefined;
  /**
   * The message's Status for its sender while the flow processes an edit: PENDING, or the one before. Unknown for the real
   * service. @default 'pending'
   */
  pendingEdit?: EditSettings['pendingEdit'] | undefined;
  /**
   * The message's Status after an edit was denied or failed: `'unchanged'` is SENT, `'shown'` is DENIED or FAILED; the content
   * is the old one in both cases. Unknown for the real service. @default 'unchanged'
   */
  refusedEdit?: EditSettings['refusedEdit'] | undefined;
  /**
   * When an edit changes LastEditedTimestamp: when it is applied, or already when it is accepted (also if the edit is then
   * denied). Unknown for the real service. @default 'applied'
   */
  editTimestamp?: EditSettings['editTimestamp'] | undefined;
  /**
   * The answer to an edit while the message or another edit of it is PENDING: 409 ConflictException, or the flow processes it
   * (an edit of a message that is then denied ends like the message). Unknown for the real service. @default 'conflict'
   */
  editWhilePending?: EditSettings['editWhilePending'] | undefined;
  /** The answer to requests about a deleted channel: 404 NotFoundException, or 403 ForbiddenException. @default 'not-found' */
  deletedChannel?: 'not-found' | 'forbidden' | undefined;
  /**
   * Whether the events of a send are written after its HTTP answer or before it. Both happen (assumed). With
   * `'before-response'` the answer waits until the sockets have confirmed the events. @default 'after-response'
   */
  eventOrder?: 'after-response' | 'before-response' | undefined;
  /** How often each event is sent: 2 repeats every event, 0 loses it. @default 1 */
  eventCopies?: number | ((event: ChimeEvent) => number) | undefined;
  /** The delay of each event, in milliseconds; a function can put events out of order. @default 0 */
  eventDelayMs?: number | ((event: ChimeEvent) => number) | undefined;
  /** Milliseconds from the opening of a websocket to SESSION_ESTABLISHED; events may come in between. @default 0 */
  sessionEstablishedDelayMs?: number | undefined;
  /** Whether the payload of a DENIED event carries the content. Unknown for the real service. @default true */
  deniedCarriesContent?: boolean | undefined;
  /** False refuses the operation with 403 AccessDeniedException; `'Connect'` closes the websocket with 4401. @default all allowed */
  permissions?: ((bearer: string, operation: PermissionSubject) => boolean) | undefined;
}

/** The options of `startChimeEmulator`. */
export interface ChimeEmulatorOptions extends ChimeEmulatorSettings {
  /** The address to listen on. @default '127.0.0.1' */
  host?: string | undefined;
  /** The port to listen on; 0 is any free one. @default 0 */
  port?: number | undefined;
  /** A certificate and its key, in PEM: serves https and wss, as the real service does. @default none: http and ws */
  tls?: { readonly cert: string; readonly key: string } | undefined;
  /** The region that requests have to be signed for. @default 'us-east-1' */
  region?: string | undefined;
  /** The seed of all random numbers: for ids, and for faults with a probability. @default none: Math.random */
  seed?: number | undefined;
  /** Called with each HTTP request once it was answered, or lost. */
  onRequest?: ((record: RequestRecord) => void) | undefined;
  /** The source of random numbers in [0, 1), instead of `seed`. */
  random?: (() => number) | undefined;
}
