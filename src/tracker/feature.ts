/** The seam by which features install themselves in a tracker. A feature knows this file, core/ and shared/ alone. */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { EvidenceReport, Transition } from '../core/delivery-registry.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { Evidence } from '../core/evidence.ts';
import type { MessageIdentity, MessageReference } from '../core/identity.ts';
import type { AcquireShared, Permit, PollPriority, Priority } from '../core/ports/http.ts';
import type { Outbox } from '../core/ports/outbox.ts';
import type { CreatePollBatcher } from '../core/ports/poll-batcher.ts';
import type { PollDelegate } from '../core/ports/poll-delegate.ts';
import type { PollTiming } from '../core/ports/poll-timing.ts';
import type { Peers, RecoveryLog } from '../core/ports/recovery.ts';
import type { RestorePorts } from '../core/restore.ts';
import type { StoreError } from '../shared/errors.ts';
import type { Settings } from './options.ts';

/** The places of a tracker that one feature each can fill. */
export interface Seams {
  /** send/: persists a message before it is dispatched. */
  outbox?: Outbox;
  /** http/: a second budget to acquire from. */
  permits?: AcquireShared;
  /** poll/: another tracker polls for this one. */
  pollDelegate?: PollDelegate;
  /** poll/: when to poll; else by the backoff. */
  pollTiming?: PollTiming;
  /** poll/: one list request instead of several. */
  batcher?: CreatePollBatcher;
  /** For other features: the records of deliveries. */
  recoveryLog?: RecoveryLog;
  /** For other features: the other trackers of this bearer. */
  peers?: Peers;
}

/** A message, or every message of a channel, was deleted or redacted. */
export interface Removal {
  readonly channelArn: string;
  /** Undefined: every message of the channel. */
  readonly message: MessageReference | undefined;
  readonly at: number;
}

/** What a feature adds to a tracker. Hooks are called in the order of the features. */
export interface FeatureParts extends Seams {
  /** How many deliveries came back, once that is known. Never rejects. */
  restored?: Promise<number>;
  /** Every part of the tracker is there. */
  start?(): void;
  onTransition?(transition: Transition): void;
  /** The app was notified of it. */
  onAnnounced?(transition: Transition): void;
  /** The app has forgotten a delivery, or an id that is not tracked. */
  onForgotten?(delivery: TrackedDelivery | string): void;
  onPushReport?(report: EvidenceReport): void;
  onRemoval?(removal: Removal): void;
  onThrottled?(chimeBearer: string, retryAfterMs: number | undefined): void;
  /** Whether the credentials work. */
  onCredentials?(work: boolean): void;
  close?(): void | Promise<void>;
}

/** An optional part of a tracker, as `persistence(store)` or `crossTab()` makes one. One tracker takes it once. */
export interface TrackerFeature {
  /** The seams that it may fill. Two features for one seam are refused. */
  readonly seams: readonly (keyof Seams)[];
  /** Called once, before anything is sent. What `context` does may be called from `start` on. */
  install(context: TrackerContext): FeatureParts;
}

/** What a tracker does for its features. */
export interface TrackerContext extends RestorePorts {
  readonly settings: Settings;
  readonly peers: Peers | undefined;
  readonly limiter: {
    /** A permit from this tracker's own budget. */
    acquireLocal(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
    onThrottled(chimeBearer: string, retryAfterMs: number | undefined): void;
    /** Others have just spent the budget. */
    drainTokens(): void;
  };
  reportRemoval(removal: Removal): void;
  /** Polls a delivery of another tracker's. */
  pollFor(record: DeliveryRecord, priority: PollPriority): void;
  /** Stops polling this message, or any, for other trackers. */
  stopPollingFor(message?: MessageIdentity): void;
  /** Polls here what was delegated. */
  reclaimPolls(): void;
  /** A poll of another tracker has this result. */
  onRemoteResult(delivery: TrackedDelivery, evidence: Evidence): void;
  unconfirmedSends(): readonly { readonly id: string; readonly input: object; readonly knownUnsent: boolean }[];
  emitError(error: StoreError): void;
}
