/** The port to the service: requests and their results, within the rate limit. */

/** Who goes first where the budget is short: sends, then reconciles, then polls. */
export type Priority = 'send' | 'reconcile' | 'poll';

/** The priorities of polls. */
export type PollPriority = Exclude<Priority, 'send'>;

/** What a request is for; `stats.requests` counts by it. `call`: the app's own, made by `tracker.call`. */
export type RequestKind = 'send' | 'update' | 'status' | 'message' | 'list' | 'call';

/** A permit for one HTTP request of one bearer. Either `release` or `refund` is called, once. */
export interface Permit {
  /**
   * The request is about to leave: it is counted now, however long ago the permit was given. Where too many have just left,
   * resolves when it may; rejects once `signal` is aborted. A permit without it was counted when it was given.
   */
  consume?(signal?: AbortSignal): Promise<void> | undefined;
  /** The request is over. */
  release(): void;
  /** It was never made: the permit goes back to the budget. */
  refund(): void;
}

/** Acquires from a budget that several trackers share; undefined while no tracker keeps one. */
export type AcquireShared = (
  chimeBearer: string,
  priority: Priority,
  signal: AbortSignal | undefined,
) => Promise<Permit | undefined>;

/** One logical request: its attempts, time-outs and short retries are the HTTP client's business. */
export interface ServiceRequest {
  readonly kind: RequestKind;
  readonly chimeBearer: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** The ids of the deliveries that it is about, for the trace. */
  readonly about?: (() => readonly string[]) | undefined;
  /** Creates the AWS command, again for each attempt: a command object serves once. */
  command(): object;
  /** A permit that is already had for the first attempt. */
  readonly permit?: Permit | undefined;
  /**
   * False: no short retries, since there is another way to go on. `sdk`: the SDK's own, within the same command, whose request
   * token they keep; each of them counts.
   */
  readonly retry?: boolean | 'sdk';
  /** Called before each HTTP request leaves; it waits for a promise, and does not leave where that rejects. */
  prepare?(): Promise<void> | undefined;
  /** Called as each HTTP request leaves, after all that it waits for; it does not leave, if the signal is aborted now. */
  onAttempt?(): void;
  /** Called as each attempt that brought no result ends, unless it was called off. */
  onAttemptFailed?(failure: RequestFailure): void;
}

/** How a request ended. */
export type ServiceResult =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly failure: RequestFailure };

/** The HTTP client: within the budget, with short retries, suspended while the credentials are bad. */
export interface HttpPort {
  /**
   * Waits for a permit to make one request; rejects with the signal's reason once it is aborted, and when the HTTP
   * client closes.
   */
  acquire(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
  execute(request: ServiceRequest): Promise<ServiceResult>;
}

/** The messages of one channel that push has brought, from all members. */
export interface ChannelActivity {
  readonly own: number;
  readonly all: number;
  /** While the link was up for so long, in milliseconds. */
  readonly withinMs: number;
}

export type FailureKind =
  /** Above the budget: 429, or a throttle by name. */
  | 'throttled'
  /** Bad, expired or missing credentials. */
  | 'credentials'
  /** The signature's time is off. The SDK has corrected its clock from the answer: one more attempt at once is right. */
  | 'clock-skew'
  /** Not permitted. */
  | 'forbidden'
  /** The modelled 404. */
  | 'not-found'
  /** 400: the question is wrong, and stays wrong. */
  | 'invalid'
  /** 409. */
  | 'conflict'
  /** Any other 4xx that is the service's own. */
  | 'client-error'
  /** We, or the app, called it off. Never read from an error: an abort by anybody else is a network failure. */
  | 'aborted'
  /** No answer: network, time-out, 5xx, an unreadable body. */
  | 'unreachable';

export interface RequestFailure {
  readonly kind: FailureKind;
  readonly error: unknown;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** It is certain that the request never left. With the kind `unreachable`: the client cannot make it. */
  readonly notDispatched?: boolean | undefined;
  /** A 429 without the service's marks: it says nothing of the credentials. */
  readonly byGateway?: boolean | undefined;
  /** HTTP attempts made, where the SDK says so. */
  readonly httpAttempts?: number | undefined;
}

/** What kept a request from leaving: the credentials, or the client itself. */
export type DispatchBlocker = 'credentials' | 'client';
