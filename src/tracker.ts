/**
 * The tracker behind its public face (`delivery-tracker.ts`): each call is checked and handed to the part that does it.
 * The parts come put together from `create-tracker.ts`.
 */
import { EMPTY, defer, type Observable, type Subject } from 'rxjs';
import { deliveryOf, endTracking, stateOf, type Delivery } from './core/delivery.ts';
import type { DeliveryState } from './core/delivery-state.ts';
import { digestOf } from './core/digest.ts';
import type { Entry } from './core/entry.ts';
import { DeliveryForgottenError, InvalidArgumentError, TrackerClosedError } from './core/errors.ts';
import { expectEvent, type DeliveryEmitter, type DeliveryEvent, type DeliveryListener } from './core/events.ts';
import { expectArn, expectFunction, expectNames, expectObject, expectReadable } from './core/expect.ts';
import type { Change, DeliveryQuery, Ledger, Report } from './core/ledger.ts';
import { QuietPromise } from './core/quiet-promise.ts';
import type { Deliveries } from './core/snapshots.ts';
import type { Counters, DeliveryStats } from './core/stats.ts';
import { clockOffset, steadyNow } from './core/time.ts';
import type { DeliveryTracker } from './delivery-tracker.ts';
import type { Link } from './link/link.ts';
import type { MessagingSessionLike, PushSource } from './link/push-source.ts';
import type { Settings } from './options.ts';
import type { Poller } from './poll/poller.ts';
import type { ReconcileReport } from './poll/rounds.ts';
import type { OpenRoad } from './request/road.ts';
import { isProvable, readOutgoing, type SendInput } from './send/outgoing-message.ts';
import type { Sender } from './send/sender.ts';
import type { Archive } from './store/archive.ts';
import { readTrackable, type Trackable } from './send/tracked-message.ts';
import { wrapSend, type SendFunction } from './send/wrap.ts';

export interface TrackerParts {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly emitter: DeliveryEmitter;
  readonly sender: Sender;
  readonly poller: Poller;
  readonly link: Link;
  readonly road: OpenRoad;
  readonly added$: Subject<Change>;
  readonly forgotten$: Subject<Entry>;
  /** What the app itself knows of a delivery that is tracked already. */
  readonly told$: Subject<Report>;
  readonly updates$: Observable<DeliveryState>;
  readonly deliveries$: Observable<Deliveries>;
  /** What outlives this tracker, where there is a store. */
  readonly archive: Archive | undefined;
  /** Ends every subscription, timer and request of the parts. */
  stop(reason: Error): void;
}

export class Tracker implements DeliveryTracker {
  readonly #parts: TrackerParts;
  /** Set by `close`. */
  #closed: Promise<void> | undefined;
  readonly restored: Promise<number>;
  readonly updates$: Observable<DeliveryState>;
  readonly deliveries$: Observable<Deliveries>;

  constructor(parts: TrackerParts) {
    this.#parts = parts;
    this.updates$ = parts.updates$;
    this.deliveries$ = parts.deliveries$;
    this.restored = parts.archive?.restored ?? Promise.resolve(0);
  }

  send(input: SendInput, options: { signal?: AbortSignal | undefined } = {}): Delivery {
    this.#expectOpen();
    const { ledger, sender, road, settings } = this.#parts;
    expectObject('options', 'an object', options);
    expectReadable('options', options, () => expectNames('options', options, ['signal']));
    const signal = expectReadable('options', options, () => options.signal);
    if (signal !== undefined) expectSignal(signal);
    const outgoing = readOutgoing(input, settings.chimeBearer);
    const isNew = input.ClientRequestToken === undefined;
    const { ChannelArn: channelArn, ChimeBearer: chimeBearer, SubChannelId: subChannelId } = outgoing;
    const token = outgoing.ClientRequestToken;
    const address = { channelArn, chimeBearer, subChannelId };
    const known = ledger.findSend(token, address);
    if (known !== undefined) return deliveryOf(known);
    const entry = this.#add(
      ledger.add({
        ...address,
        ...clocks(),
        id: token,
        token,
        provable: isProvable(outgoing),
        contentDigest: digestOf(String(outgoing.Content)),
      }),
    );
    // A listener may have closed the tracker, or forgotten this delivery, at the news of it.
    if (this.#closed !== undefined || !ledger.has(entry)) return deliveryOf(entry);
    sender.send(entry, outgoing, signal, isNew);
    road.hurry();
    return deliveryOf(entry);
  }

  wrap<F extends SendFunction>(fn: F): F {
    this.#expectOpen();
    expectFunction('fn', fn);
    const { ledger, settings } = this.#parts;
    return wrapSend(fn, {
      expect: (chimeBearer) => {
        if (typeof chimeBearer === 'string') ledger.expect(chimeBearer);
      },
      isOwn: ({ ClientRequestToken: token, ChannelArn, ChimeBearer, SubChannelId }) => {
        const [channelArn, chimeBearer] = [String(ChannelArn), String(ChimeBearer)];
        const subChannelId = typeof SubChannelId === 'string' ? SubChannelId : undefined;
        return (
          typeof token === 'string' && ledger.findSend(token, { channelArn, chimeBearer, subChannelId }) !== undefined
        );
      },
      track: (message, startedAt) => {
        if (this.#closed === undefined) this.#track(message, startedAt);
      },
      // The app's own send has worked; that its result cannot be tracked must not turn it into a failure.
      onError: (error) => settings.logger?.warn('chime-delivery: a wrapped send cannot be tracked', error),
    });
  }

  track(message: Trackable): Delivery {
    this.#expectOpen();
    return this.#track(message);
  }

  /** @param startedAt when the app began to send it, by the monotonic clock, where that is known */
  #track(message: Trackable, startedAt?: number): Delivery {
    const { ledger, settings } = this.#parts;
    const { messageId, status, detail, ...order } = readTrackable(message, settings.chimeBearer);
    const now = clocks();
    const said =
      status === undefined
        ? undefined
        : ({ kind: 'said', source: 'send-response', at: now.at, status, detail } as const);
    // Each edit is a delivery of its own, also where one of the same message is tracked already.
    if (order.update)
      return deliveryOf(this.#add(ledger.add({ messageId, ...order, ...now, sentAt: startedAt ?? now.at }, said)));
    const known = ledger.findMessage(messageId, order);
    if (known === undefined) {
      return deliveryOf(this.#add(ledger.add({ id: messageId, messageId, ...order, ...now }, said)));
    }
    if (said !== undefined) this.#parts.told$.next({ entry: known, evidence: said });
    return deliveryOf(known);
  }

  attach(source: MessagingSessionLike | PushSource, options: { chimeBearer?: string | undefined } = {}): () => void {
    this.#expectOpen();
    const { link, ledger, settings } = this.#parts;
    expectObject('options', 'an object', options);
    expectReadable('options', options, () => expectNames('options', options, ['chimeBearer']));
    const chimeBearer = expectReadable('options', options, () => options.chimeBearer);
    if (chimeBearer !== undefined) ledger.expect(expectArn('chimeBearer', chimeBearer));
    return link.attach(source, chimeBearer, settings.chimeBearer);
  }

  reconcile(): Promise<ReconcileReport> {
    if (this.#closed !== undefined) return QuietPromise.from(Promise.reject(new TrackerClosedError()));
    const { poller, sender, road } = this.#parts;
    road.hurry();
    if (!poller.isReconciling) sender.hurry(undefined, 0, 0);
    return QuietPromise.from(poller.reconcile());
  }

  get(id: string, query?: DeliveryQuery): DeliveryState | undefined {
    const entry = this.#parts.ledger.find(id, query);
    return entry && stateOf(entry);
  }

  watch(id: string, query?: DeliveryQuery): Observable<DeliveryState> {
    return defer(() => {
      const entry = this.#parts.ledger.find(id, query);
      return entry === undefined ? EMPTY : deliveryOf(entry).state$;
    });
  }

  get stats(): DeliveryStats {
    const { counters, ledger, link, settings } = this.#parts;
    return counters.read({ pending: ledger.pending, link: link.isUp(settings.chimeBearer) ? 'up' : 'down' });
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
    const { ledger, sender, poller, archive, forgotten$ } = this.#parts;
    const entry = ledger.find(id);
    if (entry === undefined) {
      archive?.forget(id);
      return false;
    }
    sender.drop(entry);
    poller.drop(entry);
    ledger.remove(entry);
    endTracking(entry, new DeliveryForgottenError(entry.known.id));
    archive?.erase(entry);
    forgotten$.next(entry);
    return true;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #close(): Promise<void> {
    const { archive, ledger } = this.#parts;
    // Whatever calls back from here on finds it closed.
    this.#closed = Promise.resolve();
    const reason = new TrackerClosedError();
    this.#parts.stop(reason);
    for (const entry of ledger.open()) endTracking(entry, reason);
    // Called by a listener, it is closed in the middle of an announcement, which the archive follows to its end.
    return Promise.resolve().then(() => archive?.close());
  }

  #add(change: Change): Entry {
    this.#parts.added$.next(change);
    return change.entry;
  }

  #expectOpen(): void {
    if (this.#closed !== undefined) throw new TrackerClosedError();
  }
}

/** The time, for a delivery that begins now. */
function clocks(): { readonly at: number; readonly clockOffset: number } {
  return { at: steadyNow(), clockOffset: clockOffset() };
}

function expectSignal(signal: unknown): void {
  const isSignal = expectReadable('signal', signal, () => {
    const { aborted, addEventListener, removeEventListener } = (signal ?? {}) as Partial<AbortSignal>;
    if (typeof addEventListener !== 'function' || typeof removeEventListener !== 'function') return false;
    // Tried, too: a signal that cannot be listened to would leave a send half begun.
    const listener = (): void => undefined;
    addEventListener.call(signal, 'abort', listener);
    removeEventListener.call(signal, 'abort', listener);
    return typeof aborted === 'boolean';
  });
  if (!isSignal) throw new InvalidArgumentError('signal', 'an AbortSignal', signal);
}
