/**
 * What can be learnt about a delivery, in our words, with the time at which it was learnt.
 * The three layers (send, push, poll) translate the service's answers into these; `reduce.ts` judges them.
 */
import type { OutcomeEvidence, ServiceStatus } from './status.ts';

interface Dated {
  /** A moment of the monotonic clock, in milliseconds. */
  readonly at: number;
  /**
   * Milliseconds from the question to this answer, where one was asked. What was missing was missing when the question
   * came: a slow answer must not make a fresh message look old.
   */
  readonly tookMs?: number | undefined;
}

/** The send was answered: the service has the message. `status` where the answer carried one. */
export interface Accepted extends Dated {
  readonly kind: 'accepted';
  readonly messageId: string;
  readonly subChannelId?: string | undefined;
  readonly status?: ServiceStatus | undefined;
  readonly detail?: string | undefined;
}
/** The send was refused for good. */
export interface Rejected extends Dated {
  readonly kind: 'rejected';
  readonly error: unknown;
}
/** The send's answer never came, and it is too old to be sent again. */
export interface SendUnconfirmed extends Dated {
  readonly kind: 'unconfirmed';
  readonly error?: unknown;
}
/** The service said a status. */
export interface StatusReported extends Dated {
  readonly kind: 'status';
  readonly source: OutcomeEvidence;
  readonly status: ServiceStatus;
  readonly detail?: string | undefined;
}
/** The message is stored, its status was not told: it was not denied, and that is all. */
export interface Present extends Dated {
  readonly kind: 'present';
}
/**
 * The service has no status for it. `source` says who was asked: `status` (GetChannelMessageStatus), `message`
 * (GetChannelMessage's modelled 404), or `status-alone` where GetChannelMessage is not permitted.
 */
export interface Missing extends Dated {
  readonly kind: 'missing';
  readonly source: 'status' | 'message' | 'status-only';
}
/** A poll that brought no answer: a network failure. It is never an outcome. */
export interface NoResponse extends Dated {
  readonly kind: 'no-response';
}
/** The question itself is wrong, for ever. */
export interface Invalid extends Dated {
  readonly kind: 'invalid';
  readonly error: unknown;
}
/**
 * What reading the message showed of an edit. `shows`: `applied` where its edit time or its content is this edit's, `old`
 * where neither is, `unclear` where another edit may have made the change. `status` is the message's.
 */
export interface EditRead extends Dated {
  readonly kind: 'edit-read';
  readonly source: 'message' | 'list';
  readonly shows: 'applied' | 'old' | 'unclear';
  readonly status: ServiceStatus | undefined;
  /** Whether the create, or another edit, is known to be pending, so that a PENDING message says nothing of this edit. */
  readonly ambiguous: boolean;
}
/** An event said that the message was deleted or redacted, or its channel deleted: its absence proves nothing from now on. */
export interface Removed extends Dated {
  readonly kind: 'removed';
}
/** Both ways of asking are refused, and have been for as long as a refusal may last by mistake. */
export interface Forbidden extends Dated {
  readonly kind: 'forbidden';
  readonly error: unknown;
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
  | NoResponse
  | Invalid
  | Forbidden
  | Deadline;
