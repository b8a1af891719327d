/** The front door of chime-delivery: every public name, and nothing else. */
export { createDeliveryTracker } from './create-tracker.ts';
export type { DeliveryTracker } from './delivery-tracker.ts';
export type { DeliveryTrackerOptions } from './options.ts';
export type { RateLimit } from './request/pace.ts';
export type { RetryOptions } from './request/retry.ts';
export type { PollingOptions } from './poll/polling-options.ts';
export type { MissingRules } from './core/decide.ts';
export type { Logger, MessagingClient, RequestKind } from './core/ports.ts';

export type { Delivery } from './core/delivery.ts';
export type {
  DeliveryState,
  DeniedState,
  FailedState,
  PendingState,
  SendingState,
  SentState,
  TerminalState,
  UnknownState,
} from './core/delivery-state.ts';
export { isTerminal, TERMINAL_STATUSES } from './core/message.ts';
export type { DeliveryStatus, OutcomeEvidence, ServiceStatus, TerminalStatus, UnknownReason } from './core/message.ts';
export type { DeliveryQuery } from './core/ledger.ts';
export type { Deliveries } from './core/snapshots.ts';
export type { DeliveryStats } from './core/stats.ts';
export type { DeliveryEvent, DeliveryEvents, DeliveryListener, LinkChange, Throttled } from './core/events.ts';
export type { SendInput } from './send/outgoing-message.ts';
export type { Trackable, TrackableMessage } from './send/tracked-message.ts';
export type { SendRules } from './send/sender.ts';
export type { SendFunction } from './send/wrap.ts';
export type { MessagingSessionLike, PushSource, SessionObserver } from './link/push-source.ts';
export type { PushMessage } from './link/frame.ts';
export type { ReconcileReport } from './poll/rounds.ts';
export type { DeliveryStore } from './store/delivery-store.ts';

export {
  ChimeDeliveryError,
  ContentNotKeptError,
  CredentialsTimeoutError,
  DeliveryForgottenError,
  InvalidArgumentError,
  isChimeDeliveryError,
  ListenerError,
  MissingPermissionError,
  RequestTimeoutError,
  SendExpiredError,
  StoreError,
  TrackerClosedError,
  UnusableClientError,
} from './core/errors.ts';
export type { StoreOperation } from './core/errors.ts';
