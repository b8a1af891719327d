/**
 * The kinds of evidence about a delivery, each with its time. The three layers (send, push, poll) translate the service's
 * responses and events into evidence; `reduce.ts` applies it.
 */
import type { DeliveryDetails } from './delivery-details.ts';
import type { OutcomeEvidence, ServiceStatus } from './status.ts';

interface Dated {
  /** When it came, by the monotonic clock, in milliseconds. */
  readonly at: number;
  /**
   * Milliseconds from the request to this response, if there was a request. A missing status was missing at the time of the
   * request: a slow response must not make a fresh message look old.
   */
  readonly tookMs?: number | undefined;
}

/** The send succeeded: the service has the message. `status` if the response has one. */
export interface Accepted extends Dated {
  readonly kind: 'accepted';
  readonly messageId: string;
  readonly subChannelId?: string | undefined;
  readonly status?: ServiceStatus | undefined;
  readonly detail?: string | undefined;
  /** For an edit: when the request left. Its events may come before the response. Default: `at`. */
  readonly sentAt?: number | undefined;
}
/** The service refused the send, or the send was abandoned before it could arrive. */
export interface Rejected extends Dated {
  readonly kind: 'rejected';
  readonly error: unknown;
}
/** The send had no answer and is not repeated: the service may have the message. */
export interface SendUnconfirmed extends Dated {
  readonly kind: 'unconfirmed';
  readonly error?: unknown;
  /** Since when the service may have the message. */
  readonly sentAt?: number | undefined;
}
/** The service reported a status. */
export interface StatusReported extends Dated {
  readonly kind: 'status';
  readonly source: OutcomeEvidence;
  readonly status: ServiceStatus;
  readonly detail?: string | undefined;
  /** Concluded from the event of an edit: the message was delivered some time before. */
  readonly isImplied?: true;
}
/** The message exists, and its status is not known: it was not denied. */
export interface Present extends Dated {
  readonly kind: 'present';
}
/**
 * The service has no status for it. `source` names the operation: `status` (GetChannelMessageStatus), `message` (the modelled
 * 404 of GetChannelMessage), or `status-only` (GetChannelMessageStatus, while GetChannelMessage is not permitted).
 */
export interface Missing extends Dated {
  readonly kind: 'missing';
  readonly source: 'status' | 'message' | 'status-only';
}
/** A poll without an answer: a network failure. It is never an outcome. */
export interface NoResponse extends Dated {
  readonly kind: 'no-response';
}
/** The request itself is invalid, and will stay so. */
export interface Invalid extends Dated {
  readonly kind: 'invalid';
  readonly error: unknown;
}
/**
 * The result of a read of the message for an edit. `shows`: `applied` if the message has the edit's time or content, `old` if
 * it has neither, `unclear` if another edit may have made the change. `status` is the message's.
 */
export interface EditRead extends Dated {
  readonly kind: 'edit-read';
  readonly source: 'message' | 'list';
  readonly shows: 'applied' | 'old' | 'unclear';
  readonly status: ServiceStatus | undefined;
  /** The message itself, or another edit, is known to be pending: PENDING then proves nothing about this edit. */
  readonly ambiguous: boolean;
}
/** The message was deleted or redacted, or its channel deleted: a missing status proves nothing from now on. */
export interface Removed extends Dated {
  readonly kind: 'removed';
}
/** Both read operations are refused, and have been for longer than a temporary refusal can last. */
export interface Forbidden extends Dated {
  readonly kind: 'forbidden';
  readonly error: unknown;
}
/** For an edit: a read that showed its message PENDING may have shown the message itself, which was delivered only now. */
export interface EditUnseen extends Dated {
  readonly kind: 'edit-unseen';
}
/** An earlier life knows what the app gave with it. */
export interface DetailsFound extends Dated {
  readonly kind: 'details';
  readonly details: DeliveryDetails;
}
/** `giveUpAfterMs` has passed. */
export interface Deadline extends Dated {
  readonly kind: 'deadline';
}

export type Evidence =
  | Accepted
  | Rejected
  | SendUnconfirmed
  | StatusReported
  | Present
  | Missing
  | EditRead
  | Removed
  | DetailsFound
  | EditUnseen
  | NoResponse
  | Invalid
  | Forbidden
  | Deadline;
