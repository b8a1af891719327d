/**
 * What the core and the rooms need from the world, as small interfaces: an AWS client, a logger, a road to the service.
 * The composition root (`create-tracker.ts`) says which parts fill them.
 */
import type { Entry } from './entry.ts';
import type { Evidence } from './evidence.ts';
import type { Known } from './known.ts';
import type { Trouble } from './trouble.ts';

/** Anything with the AWS SDK's `send(command, { abortSignal })`: a `ChimeSDKMessagingClient`, or a test double. */
export interface MessagingClient {
  // The SDK's own signature is a generic overload over its command classes; this is the part of it that we rely on.
  // oxlint-disable-next-line typescript/no-explicit-any
  send(command: any, options?: { abortSignal?: AbortSignal }): Promise<any>;
}

/** Where diagnostics go; `console` fits. */
export interface Logger {
  debug(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}

/** Who goes first where the budget is short: sends, then reconciles, then polls. */
export type Priority = 'send' | 'reconcile' | 'poll';

/** What a request is for; `stats.requests` counts by it. */
export type RequestKind = 'send' | 'status' | 'message' | 'list';

/** Leave for one HTTP request of one bearer. Either `release` or `refund` is called, once. */
export interface Permit {
  /**
   * The request is about to leave: it is counted now, however long ago the permit was given. Where too many have just left,
   * resolves when it may; rejects once `signal` is aborted. A permit without it was counted when it was given.
   */
  depart?(signal?: AbortSignal): Promise<void> | undefined;
  /** The request is over. */
  release(): void;
  /** It was never made: the leave goes back to the budget. */
  refund(): void;
}

/** One logical request: its attempts, time-outs and short retries are the road's business. */
export interface Errand {
  readonly kind: RequestKind;
  readonly chimeBearer: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Makes the AWS command; asked anew for each attempt, since a command object serves once. */
  command(): object;
  /** Leave that is already had for the first attempt. */
  readonly permit?: Permit | undefined;
  /** No short retries: there is another way to go on. */
  readonly once?: boolean;
  /** Called before each HTTP request leaves; it waits for a promise, and does not leave where that rejects. */
  prepare?(): Promise<void> | undefined;
  /** Called as each HTTP request leaves, after all that it waits for; it does not leave, if the signal is aborted now. */
  onAttempt?(): void;
  /** Called as each attempt that brought no result ends, unless it was called off. */
  onTrouble?(trouble: Trouble): void;
}

/** How an errand ended. */
export type Answer =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly trouble: Trouble };

/** The road to the service: within the budget, with short retries, suspended while the credentials are bad. */
export interface Road {
  /** Waits for leave to make one request; rejects with the signal's reason once it is aborted, and when the road closes. */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
  run(errand: Errand): Promise<Answer>;
}

/** Messages of one channel that were heard by push, of whichever member. */
export interface Heard {
  readonly own: number;
  readonly all: number;
  /** While the link was up for so long, in milliseconds. */
  readonly withinMs: number;
}

/** What is believed of push, per bearer. */
export interface Listening {
  isUp(chimeBearer: string): boolean;
  /** Since when; milliseconds since the epoch. */
  upSince(chimeBearer: string): number;
  /** Something was missed that should have been heard: the socket is half-open, until an event is heard. */
  doubt(chimeBearer: string): void;
  /** How busy a channel has been. */
  heardIn?(chimeBearer: string, channelArn: string): Heard;
}

/** Another tracker of the same bearer, which may look in our place. */
export interface Elsewhere {
  /** Has a look taken there. False: it has to be taken here. */
  ask(entry: Entry, priority: Exclude<Priority, 'send'>): boolean;
  /** A look taken here has found this. */
  found(known: Known, evidence: Evidence): void;
}

/** Where messages are kept until they are answered. */
export interface Outbox {
  /**
   * Resolves when `entry` may leave: `input` is kept, or cannot be, and what an earlier life has left is known. `isNew`: its
   * token was minted just now.
   */
  keep(entry: Entry, input: object, isNew: boolean): Promise<void>;
  /**
   * It is certain that nothing of it has left so far. False where that cannot be kept now. `isLast`: nothing of it will leave
   * from here any more.
   */
  hold(entry: Entry, isLast?: boolean): boolean;
  /** Whether it may leave: not while what is kept may say that nothing of it has left. */
  release(entry: Entry): true | Promise<boolean>;
}
