/** The ports by which features find deliveries of an earlier life, or of another tracker, without knowing each other. */
import type { TrackedDelivery } from '../delivery.ts';
import type { DeliveryDetails } from '../delivery-details.ts';
import type { MessageAddress, MessageIdentity } from '../identity.ts';

/** A delivery that an earlier life, or another tracker, has left. Its times are those of the wall clock. */
export interface RecoveredDelivery extends MessageIdentity {
  readonly id: string;
  /** The request token of a send. */
  readonly token: string | undefined;
  readonly missingMeansDenied: boolean;
  readonly contentDigest: number | undefined;
  readonly trackedAt: number;
  readonly sentAt: number;
  /** What to send again; undefined where the content was not kept. */
  readonly input: unknown;
  /** What the app gave with it. */
  readonly details: DeliveryDetails;
  /** It is certain that no request for it has left. */
  readonly knownUnsent: boolean;
  /** The keys of its records in the store. */
  readonly keys: readonly string[];
}

/** The records that are kept of deliveries. */
export interface RecoveryLog {
  /** `delivery` has the records of `found`. */
  adopt(delivery: TrackedDelivery, found: RecoveredDelivery): void;
  /** Whether the app has ended or forgotten what was found; then its records are removed. */
  isTombstoned(found: RecoveredDelivery): boolean;
  /** The message was deleted: a missing status proves nothing in a later life. */
  onMessageDeleted(delivery: TrackedDelivery): void;
  remove(delivery: TrackedDelivery): void;
  /** Reads the records again. Resolves when all that can be read is restored. */
  rescan(): Promise<void>;
}

/** The other trackers of this bearer. */
export interface Peers {
  /** Whether this tracker is the one that reads what an earlier life has left. */
  readonly shouldRecover: Promise<boolean>;
  /** Whether a live tracker has this delivery. */
  owns(delivery: MessageAddress & { readonly id: string }): boolean;
}
