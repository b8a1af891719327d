/**
 * The tracker's public interface: what an app calls. `tracker.ts` implements it.
 */
import type { Observable } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { DeliveryEvent, DeliveryListener } from './events.ts';
import type { DeliveryQuery } from '../core/delivery-registry.ts';
import type { Deliveries } from './snapshots.ts';
import type { DeliveryStats } from './stats.ts';
import type { MessagingSessionLike, PushSource } from '../push/push-source.ts';
import type { ReconcileReport } from '../poll/reconcile.ts';
import type { SendInput } from '../send/send-input.ts';
import type { Trackable } from '../send/trackable.ts';
import type { SendFunction } from '../send/wrap-send.ts';

/** Tracks each outgoing message to its outcome. `createDeliveryTracker` makes it. */
export interface DeliveryTracker {
  /**
   * Sends a message and tracks it. Returns at once, status SENDING, for the local echo; the request token is minted once
   * and kept across every retry, so that a retry never duplicates. Sending a token again in the same channel and for the same
   * bearer returns its delivery, unless the service has refused it (FAILED `rejected`): then it is sent again, as another
   * delivery. The service scopes tokens to bearer and channel, and so does the tracker.
   *
   * @param input the input of `SendChannelMessage` without `ChimeBearer`
   * @param options `signal` calls the send off while it is not answered: FAILED `rejected` if nothing can have arrived,
   * UNKNOWN `indeterminate` otherwise, with the signal's reason as `error`. After the answer it has no effect.
   * @throws InvalidArgumentError, TrackerClosedError
   */
  send(input: SendInput, options?: { signal?: AbortSignal | undefined }): Delivery;
  /**
   * Wraps a send function that the app already has: same arguments, same result or rejection. Each result that carries a
   * `MessageId` is tracked on its way out; `Persistence`, `Type`, `SubChannelId` and `ChimeBearer` are read from the first
   * argument (an input, or a command) where it has them. After `close` it goes on sending, untracked.
   *
   * @throws InvalidArgumentError, TrackerClosedError
   */
  wrap<F extends SendFunction>(fn: F): F;
  /**
   * Tracks a message that was sent otherwise: a `SendChannelMessage` output, or `{ channelArn, messageId, … }`. Tracking a
   * message twice returns the same delivery; each edit (`operation: 'update'`) is a delivery of its own.
   *
   * @throws InvalidArgumentError, TrackerClosedError
   */
  track(message: Trackable): Delivery;
  /**
   * Listens to a `MessagingSession` of amazon-chime-sdk-js, or to a `PushSource`. Attach it before it is started, and once
   * per bearer. Returns the function that stops listening.
   *
   * @param options `chimeBearer`: the user of the socket. Default: the session's own user, or else the tracker's bearer.
   * @throws InvalidArgumentError, TrackerClosedError
   */
  attach(source: MessagingSessionLike | PushSource, options?: { chimeBearer?: string | undefined }): () => void;
  /**
   * Polls everything pending now, within the budget; resolves when each was polled once. Runs by itself when the link
   * comes up, the page becomes visible, or the network returns. Rejects with `TrackerClosedError`.
   */
  reconcile(): Promise<ReconcileReport>;
  /**
   * The state now, by our id or by Chime's MessageId; undefined where it is not tracked. A MessageId means the message
   * itself, and with `operation: 'update'` the latest edit of it. `channelArn` and `chimeBearer` tell apart what has the
   * same id in two channels, or for two bearers.
   */
  get(id: string, query?: DeliveryQuery): DeliveryState | undefined;
  /** One delivery, named as for `get`: the state now, each change, complete after the last. Completes at once where it is not tracked. */
  watch(id: string, query?: DeliveryQuery): Observable<DeliveryState>;
  /** Every visible change of every delivery, hot; completes on `close`. */
  readonly updates$: Observable<DeliveryState>;
  /** All deliveries by our id: replays, the same reference while nothing changed, at most once a microtask. */
  readonly deliveries$: Observable<Deliveries>;
  readonly stats: DeliveryStats;
  /**
   * Resolves with how many deliveries of an earlier life came back from the `store`: 0 without one. Never rejects: what a
   * broken store could not give is told by an `error` event, and comes later if it can.
   */
  readonly restored: Promise<number>;
  on<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): this;
  once<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): this;
  off<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): this;
  /**
   * Stops tracking one delivery and says nothing of it any more. Says whether it was tracked: what the `store` has not
   * given back yet is not, and does not come back either.
   */
  forget(id: string): boolean;
  /**
   * Stops everything: no timer, listener or request of ours is left. Closing twice is harmless. With a `store` it resolves
   * when what was being written is written, at most 5 s later; what is pending is brought back by the next tracker.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
