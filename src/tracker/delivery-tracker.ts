/**
 * The tracker's public interface: what an app calls. `tracker.ts` implements it.
 */
import type { ChannelMessageSummary } from '@aws-sdk/client-chime-sdk-messaging';
import type { Observable } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { DeliveryEvent, DeliveryListener } from './events.ts';
import type { DeliveryQuery } from '../core/delivery-index.ts';
import type { Deliveries } from './snapshots.ts';
import type { DeliveryStats } from './stats.ts';
import type { MessagingSessionLike, PushSource } from '../push/push-source.ts';
import type { ReconcileReport } from '../poll/reconcile.ts';
import type { TraceFact } from '../core/ports/trace.ts';
import type { SendInput, UpdateInput } from '../send/send-input.ts';
import type { Trackable } from '../send/trackable.ts';
import type { SendFunction, WrapOptions } from '../send/wrap-send.ts';
import type { CallOptions, CommandLike } from './call.ts';
import type { CatchUpOptions } from './catch-up-options.ts';
import type { Explanation } from './explain.ts';
import type { SendOptions } from './send-options.ts';

/** Tracks each outgoing message to its outcome. `createDeliveryTracker` makes it. */
export interface DeliveryTracker {
  /**
   * Sends a message and tracks it. Returns at once, status SENDING, for the local echo; the request token is minted once
   * and kept across every retry, so that a retry never duplicates. Sending a token again in the same channel and for the same
   * bearer returns its delivery, unless the service has refused it (FAILED `rejected`): then it is sent again, as another
   * delivery. The service scopes tokens to bearer and channel, and so does the tracker.
   *
   * @param input the input of `SendChannelMessage` without `ChimeBearer`
   * @throws InvalidArgumentError, TrackerClosedError
   */
  send(input: SendInput, options?: SendOptions): Delivery;
  /**
   * Edits a message and tracks the edit, a delivery of its own (`operation: 'update'`). Returns at once, status SENDING. The
   * edits of one message are sent one after the other, in their order; while the channel flow still processes the message or an
   * edit, the service may refuse another (409): it is tried again then. UpdateChannelMessage takes no request token: an edit
   * without an answer is repeated, which gives the message the same content again.
   *
   * Redactions and deletions have no outcome to wait for: their response is final. Send them by `call`.
   *
   * @param input the input of `UpdateChannelMessage` without `ChimeBearer`
   * @throws InvalidArgumentError, TrackerClosedError
   */
  update(input: UpdateInput, options?: SendOptions): Delivery;
  /**
   * Sends again what ended FAILED, DENIED or UNKNOWN, with the same input and context: a new delivery, whose `retryOf` is `id`.
   * The request token is the same where the first send may have arrived and the service may still remember its token
   * (`send.resendWindowMs`), so that nothing is delivered twice; else it is a new one. A second call for the same delivery
   * returns the first retry, unless that has failed as well: then that one is sent again.
   *
   * @throws InvalidArgumentError where no delivery has this id, or it has not ended so; ContentNotKeptError where its input is
   * not known (it was tracked by id alone); TrackerClosedError
   */
  retry(id: string): Delivery;
  /**
   * Runs any command of the app's on the tracker's client, within the budget of its `ChimeBearer` (default: the tracker's): so
   * the app and the tracker share one rate. The SDK's own retries apply, each within the budget. While the credentials are
   * suspended it waits.
   *
   * @returns the command's output; rejects with the client's error, the signal's reason, or TrackerClosedError
   */
  call<Output>(command: CommandLike<Output>, options?: CallOptions): Promise<Output>;
  /**
   * The messages of a channel since a time or a message, oldest first: what the app has missed while the link was down. Pages
   * are read as they are needed, within the budget. Left out is what push brings after this call; call it in the `link` event,
   * state `up`. Own messages among the rows are settled by them, without a request of their own. Leaving the loop ends it.
   *
   * @throws InvalidArgumentError, TrackerClosedError; the iteration throws the client's error, or the signal's reason
   */
  catchUp(options: CatchUpOptions): AsyncIterableIterator<ChannelMessageSummary>;
  /**
   * The delivery of an own message, or undefined for a message that this tracker has not sent. The event of an own message may
   * come before the response to its send: then this waits until that response has come, and no longer than is needed to be
   * certain. Rejects never, except by a bad argument.
   *
   * @throws InvalidArgumentError, TrackerClosedError
   */
  ownMessage(messageId: string): Promise<Delivery | undefined>;
  /**
   * Wraps a send function that the app already has: same arguments, same result or rejection. Each result that carries a
   * `MessageId` is tracked on its way out; `Persistence`, `Type`, `SubChannelId` and `ChimeBearer` are read from the first
   * argument (an input, or a command) where it has them; with `Content` in it, `retry` can send it again. An edit is recognized
   * by the input's `MessageId`. After `close` it goes on sending, untracked. A send that rejects is not tracked. Where a result
   * has no message, the logger gets one warning.
   *
   * @param options `read`: for results of another shape, or other arguments
   * @throws InvalidArgumentError, TrackerClosedError
   */
  wrap<F extends SendFunction>(fn: F, options?: WrapOptions<F>): F;
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
   * Why a delivery is where it is: its last evidence, what comes next and when, link, budget and suspension; as data and as one
   * plain sentence. Undefined where no delivery has this id or MessageId.
   */
  explain(id: string): Explanation | undefined;
  /** What the tracker does and learns, as typed facts; hot, and free without a subscriber. Completes on `close`. */
  readonly trace$: Observable<TraceFact>;
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
