/** The entry point of chime-delivery: all public names. */
export { createDeliveryTracker } from './create-delivery-tracker.ts';
export type { DeliveryTracker } from './tracker/delivery-tracker.ts';
export type { DeliveryTrackerOptions } from './tracker/preset-options.ts';
export type { RateLimit } from './http/adaptive-rate.ts';
export type { RetryOptions } from './http/retry.ts';
export type { PollingOptions } from './tracker/preset-options.ts';
export type { MissingRules } from './core/reduce.ts';
export type { RequestKind } from './core/ports/http.ts';
export type { Logger, MessagingClient } from './shared/client.ts';

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
export { mergeDeliveries } from './merge-deliveries.ts';
export type { MergedMessage, MergeOptions } from './merge-deliveries.ts';
export { isTerminal, TERMINAL_STATUSES } from './core/status.ts';
export type { DeliveryStatus, OutcomeEvidence, ServiceStatus, TerminalStatus, UnknownReason } from './core/status.ts';
export type { DeliveryQuery } from './core/delivery-index.ts';
export type { Deliveries } from './tracker/snapshots.ts';
export type { DeliveryStats } from './tracker/stats.ts';
export type { DeliveryEvent, DeliveryEvents, DeliveryListener, LinkChange, Throttled } from './tracker/events.ts';
export type { SendInput, UpdateInput } from './send/send-input.ts';
export type { SendOptions } from './tracker/send-options.ts';
export type { CallOptions } from './tracker/call.ts';
export type { CatchUpOptions } from './tracker/catch-up-options.ts';
export type { Explanation, NextReason } from './tracker/explain.ts';
export type { TraceFact } from './core/ports/trace.ts';
export type { Trackable, TrackableMessage } from './send/trackable.ts';
export type { SendRules } from './send/sender.ts';
export type { SendFunction, WrapOptions } from './send/wrap-send.ts';
export type { MessagingSessionLike, PushSource, SessionObserver } from './push/push-source.ts';
export type { PushMessage } from './push/parse-event.ts';
export type { ReconcileReport } from './poll/reconcile.ts';
export type { DeliveryStore } from './core/ports/store.ts';

export {
  ChimeDeliveryError,
  ContentNotKeptError,
  CredentialsTimeoutError,
  DeliveryForgottenError,
  InvalidArgumentError,
  isChimeDeliveryError,
  ListenerError,
  MissingPermissionError,
  MissingCryptoError,
  RequestTimeoutError,
  SendExpiredError,
  StoreError,
  TrackerClosedError,
  UnusableClientError,
} from './shared/errors.ts';
export type { StoreOperation } from './shared/errors.ts';
