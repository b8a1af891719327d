/**
 * The trace: what the tracker does and learns, as typed facts. A fact is made only for a subscriber. `tracker.trace$`
 * emits them; logs, OpenTelemetry and the devtools are built on it.
 */
import type { DeliveryState } from '../delivery-state.ts';
import type { Evidence } from '../evidence.ts';
import type { DeliveryStatus, OutcomeEvidence, ServiceStatus } from '../status.ts';
import type { FailureKind, Priority, RequestKind } from './http.ts';

interface Fact {
  /** By the wall clock, in milliseconds since the epoch. */
  readonly at: number;
}

/** What a request is for. */
interface RequestFact extends Fact {
  readonly request: RequestKind;
  readonly chimeBearer: string;
  /** The ids of the deliveries that it is about; none for `tracker.call`. */
  readonly deliveries: readonly string[];
}

/** An HTTP request left. */
export interface AttemptFact extends RequestFact {
  readonly kind: 'attempt';
}
/** A request ended: `ok`, or the kind of its failure. */
export interface AnswerFact extends RequestFact {
  readonly kind: 'answer';
  readonly result: 'ok' | FailureKind;
  readonly error?: unknown;
  /** Milliseconds since the request was handed to the client. */
  readonly tookMs: number;
}
/** The tracker learnt something of a delivery, new or not. */
export interface EvidenceFact extends Fact {
  readonly kind: 'evidence';
  readonly delivery: string;
  readonly evidence: Evidence['kind'];
  /** For a status: where it is from. */
  readonly source?: OutcomeEvidence;
  readonly status?: ServiceStatus;
}
/** A delivery was added, or its status or MessageId changed. */
export interface TransitionFact extends Fact {
  readonly kind: 'transition';
  readonly delivery: string;
  /** Undefined where tracking begins. */
  readonly from: DeliveryStatus | undefined;
  readonly to: DeliveryStatus;
  readonly state: DeliveryState;
}
/** The budget granted a request. */
export interface PermitFact extends Fact {
  readonly kind: 'permit';
  readonly chimeBearer: string;
  readonly priority: Priority;
  /** Milliseconds for which it waited. */
  readonly waitedMs: number;
}
/** Push of one bearer came, or went. */
export interface LinkFact extends Fact {
  readonly kind: 'link';
  readonly chimeBearer: string;
  readonly state: 'up' | 'down';
  readonly halfOpen: boolean;
  /** The session has given up: push does not come back by itself. */
  readonly ended: boolean;
}
/** The service answered 429: the bearer's rate from now on, and its pause. */
export interface BudgetFact extends Fact {
  readonly kind: 'budget';
  readonly chimeBearer: string;
  readonly requestsPerSecond: number;
  readonly pausedForMs: number;
}

/** Something that the tracker did or learnt. Switch on `kind`. */
export type TraceFact = AttemptFact | AnswerFact | EvidenceFact | TransitionFact | PermitFact | LinkFact | BudgetFact;

type Undated<F> = F extends Fact ? Omit<F, 'at'> : never;

export interface TracePort {
  readonly isObserved: boolean;
  /** Calls `make` only for a subscriber. */
  emit(make: () => Undated<TraceFact>): void;
}
