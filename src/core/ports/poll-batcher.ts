/** The port by which one request polls several deliveries of a channel. Without it each delivery is polled by itself. */
import type { TrackedDelivery } from '../delivery.ts';
import type { DeliveryRegistry } from '../delivery-registry.ts';
import type { EditFields } from '../edit-fields.ts';
import type { EditRead, Evidence } from '../evidence.ts';
import type { MessageAddress } from '../identity.ts';
import type { HttpPort, Permit, PollPriority } from './http.ts';
import type { PushStatus } from './push-status.ts';

/** One poll of some deliveries. */
export interface Poll {
  readonly abort: AbortController;
  /** The deliveries that still need its result. */
  readonly deliveries: Set<TrackedDelivery>;
}

/** The polls that are in flight. */
export interface PollsInFlight {
  has(delivery: TrackedDelivery): boolean;
  begin(deliveries: Iterable<TrackedDelivery>): Poll;
  /** Ends the poll. Returns the deliveries that still need its result. */
  end(poll: Poll): Set<TrackedDelivery>;
}

/** What a bearer may ask for in a channel, as far as the service has shown. */
export interface PollPermissions {
  allows(place: PermissionScope, capability: 'list', now: number): boolean;
  recordAllowed(place: PermissionScope, capability: 'list'): void;
  recordRefused(place: PermissionScope, capability: 'list', now: number): void;
}

type PermissionScope = Pick<MessageAddress, 'channelArn' | 'chimeBearer'>;

/** The result of a batch for one delivery: evidence, none (the credentials are bad), or the batch does not show it. */
export type BatchResult =
  { readonly kind: 'evidence'; readonly evidence: Evidence } | { readonly kind: 'suspended' | 'not-in-page' };

/** The deliveries that wait for a permit. */
export interface WaitingPolls {
  sameChannel(delivery: TrackedDelivery): Iterable<TrackedDelivery>;
  priorityOf(delivery: TrackedDelivery): PollPriority | undefined;
  remove(delivery: TrackedDelivery): void;
}

/** How a batcher changes the time of the next poll. */
export interface PollPlanner {
  /** Milliseconds until `delivery` would be polled by itself; undefined: a batch is not to replace that poll. */
  individualDelay(delivery: TrackedDelivery): number | undefined;
  /** Polls `delivery` at that time. */
  pollAt(delivery: TrackedDelivery, at: number): void;
  /** Postpones a poll that is due until then; false: it cannot wait. */
  postpone(delivery: TrackedDelivery, at: number): boolean;
}

/** What poll/ gives a batcher. */
export interface BatcherPorts {
  readonly http: HttpPort;
  readonly pushStatus?: PushStatus | undefined;
  readonly random: () => number;
  readonly registry: Pick<DeliveryRegistry, 'editsOf' | 'wasApplied' | 'findMessage'>;
  /** The delivery of this message that is polled here: our own, or another tracker's. */
  readonly findPending: (messageId: string, address: MessageAddress) => TrackedDelivery | undefined;
  readonly waiting: WaitingPolls;
  readonly inFlight: PollsInFlight;
  readonly permissions: PollPermissions;
  readonly planner?: PollPlanner | undefined;
  readonly readEdit: (edit: TrackedDelivery, shown: EditFields) => Pick<EditRead, 'shows' | 'status' | 'ambiguous'>;
  /** One HTTP request leaves, for all of these together. */
  readonly onRequest: (deliveries: Iterable<TrackedDelivery>) => void;
  readonly onResult: (delivery: TrackedDelivery, priority: PollPriority, result: BatchResult) => void;
  readonly onUnknownStatus: (word: unknown) => void;
  /** The service refuses lists of this channel to this bearer; they are not requested again soon. */
  readonly onListForbidden: (chimeBearer: string, channelArn: string) => void;
}

export interface PollBatcher {
  /** Takes over the poll of `delivery` and its permit. False: it has to be polled by itself. */
  poll(delivery: TrackedDelivery, priority: PollPriority, permit: Permit): boolean;
  /** An individual poll has shown that it is pending, and its next poll is planned. */
  onIndividualPending(delivery: TrackedDelivery): void;
  /**
   * Milliseconds from now until these deliveries of one channel are polled together, spread over `withinMs` or more;
   * undefined: each is polled by itself.
   */
  batchDelay(deliveries: readonly TrackedDelivery[], withinMs: number, now: number): number | undefined;
  /** A batch of the channel of `delivery` is planned for then. */
  announce(delivery: TrackedDelivery, at: number): void;
}

export type CreatePollBatcher = (ports: BatcherPorts) => PollBatcher;
