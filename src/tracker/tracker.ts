/**
 * The tracker behind its public interface (`delivery-tracker.ts`): each call is checked and handed to the part that does
 * it. `create-tracker.ts` wires the parts.
 */
import type { ChannelMessageSummary } from '@aws-sdk/client-chime-sdk-messaging';
import { EMPTY, defer, type Observable, type Subject } from 'rxjs';
import { handleOf, stopTracking, snapshotOf, type Delivery, type TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import { DeliveryForgottenError, InvalidArgumentError, TrackerClosedError } from '../shared/errors.ts';
import { expectEvent, type DeliveryEmitter, type DeliveryEvent, type DeliveryListener } from './events.ts';
import {
  expectArn,
  expectFunction,
  expectId,
  expectNames,
  expectObject,
  expectReadable,
  expectString,
} from '../shared/validate.ts';
import type { DeliveryQuery } from '../core/delivery-index.ts';
import type { Transition, DeliveryRegistry, EvidenceReport } from '../core/delivery-registry.ts';
import { HandledPromise } from '../shared/handled-promise.ts';
import type { Deliveries } from './snapshots.ts';
import type { Counters, DeliveryStats } from './stats.ts';
import type { DeliveryTracker } from './delivery-tracker.ts';
import type { PushConnections } from '../push/connection.ts';
import type { MessagingSessionLike, PushSource } from '../push/push-source.ts';
import type { InstalledFeatures } from './install-features.ts';
import type { Settings } from './options.ts';
import type { Poller } from '../poll/poller.ts';
import type { ReconcileReport } from '../poll/reconcile.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { SendInput, UpdateInput } from '../send/send-input.ts';
import type { Sender } from '../send/sender.ts';
import type { Trackable } from '../send/trackable.ts';
import type { SendFunction, WrapOptions } from '../send/wrap-send.ts';
import type { TraceFact } from '../core/ports/trace.ts';
import { AppSends } from './app-sends.ts';
import { Calls, type CallOptions, type CommandLike } from './call.ts';
import { catchUp } from './catch-up.ts';
import type { CatchUpOptions } from './catch-up-options.ts';
import type { Explanation } from './explain.ts';
import { explainDelivery } from './explain-delivery.ts';
import { ownMessage } from './own-message.ts';
import type { SendOptions } from './send-options.ts';
import { Sends } from './sends.ts';
import type { Trace } from './trace.ts';

export interface TrackerParts {
  readonly settings: Settings;
  readonly registry: DeliveryRegistry;
  readonly counters: Counters;
  readonly emitter: DeliveryEmitter;
  readonly sender: Sender;
  readonly poller: Poller;
  readonly push: PushConnections;
  readonly http: HttpClient;
  readonly added$: Subject<Transition>;
  readonly forgotten$: Subject<TrackedDelivery>;
  /** The app's own evidence of a delivery that is tracked already. */
  readonly reports$: Subject<EvidenceReport>;
  readonly updates$: Observable<DeliveryState>;
  readonly deliveries$: Observable<Deliveries>;
  readonly features: Pick<InstalledFeatures, 'onForgotten' | 'restored'>;
  readonly trace: Trace;
  readonly ownCommands: WeakSet<object>;
  /** Ends every subscription, timer and request of the parts. Resolves when the features are closed. */
  stop(reason: Error): Promise<void>;
}

export class Tracker implements DeliveryTracker {
  readonly #parts: TrackerParts;
  /** Set by `close`. */
  #closed: Promise<void> | undefined;
  readonly restored: Promise<number>;
  readonly updates$: Observable<DeliveryState>;
  readonly deliveries$: Observable<Deliveries>;

  readonly #sends: Sends;
  readonly #calls: Calls;
  readonly #appSends: AppSends;

  constructor(parts: TrackerParts) {
    this.#parts = parts;
    const ports = {
      ...parts,
      announceAdded: (transition: Transition) => parts.added$.next(transition),
      isClosed: () => this.#closed !== undefined,
    };
    this.#sends = new Sends({ ...ports, probeNow: () => parts.http.probeNow() });
    this.#appSends = new AppSends(ports);
    this.#calls = new Calls(parts.http, parts.settings.chimeBearer);
    this.updates$ = parts.updates$;
    this.deliveries$ = parts.deliveries$;
    this.restored = parts.features.restored;
  }

  send(input: SendInput, options: SendOptions = {}): Delivery {
    this.#expectOpen();
    return this.#sends.send(input, options);
  }

  update(input: UpdateInput, options: SendOptions = {}): Delivery {
    this.#expectOpen();
    return this.#sends.update(input, options);
  }

  retry(id: string): Delivery {
    this.#expectOpen();
    const delivery = this.#parts.registry.find(expectString('id', id));
    if (delivery === undefined) throw new InvalidArgumentError('id', 'the id of a delivery that is tracked', id);
    return this.#sends.retry(delivery);
  }

  call<Output>(command: CommandLike<Output>, options: CallOptions = {}): Promise<Output> {
    if (this.#closed !== undefined) return HandledPromise.from(Promise.reject(new TrackerClosedError()));
    return this.#calls.call(command, options);
  }

  catchUp(options: CatchUpOptions): AsyncIterableIterator<ChannelMessageSummary> {
    this.#expectOpen();
    const { settings, push, reports$ } = this.#parts;
    return catchUp(options, {
      calls: this.#calls,
      chimeBearer: settings.chimeBearer,
      pushed$: push.reports$,
      report: (report) => reports$.next(report),
    });
  }

  ownMessage(messageId: string): Promise<Delivery | undefined> {
    this.#expectOpen();
    const { registry, sender } = this.#parts;
    return ownMessage(expectId('messageId', messageId), {
      registry,
      isUnanswered: (delivery) => sender.isUnanswered(delivery),
      wrapped: () => this.#appSends.wrappedEnds(),
      restored: this.restored,
    });
  }

  wrap<F extends SendFunction>(fn: F, options: WrapOptions<F> = {}): F {
    this.#expectOpen();
    return this.#appSends.wrap(fn, options);
  }

  track(message: Trackable): Delivery {
    this.#expectOpen();
    return this.#appSends.track(message);
  }

  attach(source: MessagingSessionLike | PushSource, options: { chimeBearer?: string | undefined } = {}): () => void {
    this.#expectOpen();
    const { push, registry, settings } = this.#parts;
    expectObject('options', 'an object', options);
    expectReadable('options', options, () => expectNames('options', options, ['chimeBearer']));
    const chimeBearer = expectReadable('options', options, () => options.chimeBearer);
    if (chimeBearer !== undefined) registry.watchSender(expectArn('chimeBearer', chimeBearer));
    return push.attach(source, chimeBearer, settings.chimeBearer);
  }

  reconcile(): Promise<ReconcileReport> {
    if (this.#closed !== undefined) return HandledPromise.from(Promise.reject(new TrackerClosedError()));
    const { poller, sender, http } = this.#parts;
    http.probeNow();
    if (!poller.isReconciling) sender.retrySoon(undefined, 0, 0);
    return HandledPromise.from(poller.reconcile());
  }

  get(id: string, query?: DeliveryQuery): DeliveryState | undefined {
    const delivery = this.#parts.registry.find(id, query);
    return delivery && snapshotOf(delivery);
  }

  watch(id: string, query?: DeliveryQuery): Observable<DeliveryState> {
    return defer(() => {
      const delivery = this.#parts.registry.find(id, query);
      return delivery === undefined ? EMPTY : handleOf(delivery).state$;
    });
  }

  explain(id: string): Explanation | undefined {
    const delivery = this.#parts.registry.find(id);
    return delivery && explainDelivery(delivery, this.#parts);
  }

  get trace$(): Observable<TraceFact> {
    return this.#parts.trace.facts$;
  }

  get stats(): DeliveryStats {
    const { counters, registry, push, settings } = this.#parts;
    return counters.read({ pending: registry.pendingCount, link: push.isUp(settings.chimeBearer) ? 'up' : 'down' });
  }

  on<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): this {
    expectEvent(event);
    expectFunction('listener', listener);
    this.#parts.emitter.on(event, listener);
    return this;
  }

  once<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): this {
    expectEvent(event);
    expectFunction('listener', listener);
    this.#parts.emitter.once(event, listener);
    return this;
  }

  off<E extends DeliveryEvent>(event: E, listener: DeliveryListener<E>): this {
    expectEvent(event);
    this.#parts.emitter.off(event, listener);
    return this;
  }

  forget(id: string): boolean {
    const { registry, sender, poller, features, forgotten$ } = this.#parts;
    const delivery = registry.find(id);
    if (delivery === undefined) {
      features.onForgotten(id);
      return false;
    }
    sender.stop(delivery);
    poller.stop(delivery);
    registry.remove(delivery);
    stopTracking(delivery, new DeliveryForgottenError(delivery.record.id));
    features.onForgotten(delivery);
    forgotten$.next(delivery);
    return true;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #close(): Promise<void> {
    // A callback from here on finds it closed.
    this.#closed = Promise.resolve();
    const { registry } = this.#parts;
    const reason = new TrackerClosedError();
    this.#calls.close();
    const stopped = this.#parts.stop(reason);
    for (const delivery of registry.pending()) stopTracking(delivery, reason);
    return stopped;
  }

  #expectOpen(): void {
    if (this.#closed !== undefined) throw new TrackerClosedError();
  }
}
