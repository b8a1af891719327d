/** Tracks what the app sends itself: by `track`, with the service's response, and by `wrap`, around its function that sends. */
import { handleOf, type Delivery } from '../core/delivery.ts';
import type { NewDelivery } from '../core/delivery-record.ts';
import type { DeliveryRegistry, EvidenceReport, Transition } from '../core/delivery-registry.ts';
import { clockOffset, monotonicNow } from '../shared/time.ts';
import { expectFunction } from '../shared/validate.ts';
import { parseTrackable, type Trackable } from '../send/trackable.ts';
import {
  parseWrapOptions,
  WrappedSends,
  wrapSend,
  type SendFunction,
  type WrapOptions,
  type WrapPorts,
} from '../send/wrap-send.ts';
import type { Settings } from './options.ts';

export interface AppSendsPorts {
  readonly settings: Pick<Settings, 'chimeBearer' | 'logger'>;
  readonly registry: DeliveryRegistry;
  /** The commands that the tracker itself has made: a wrapped client must not track them again. */
  readonly ownCommands: WeakSet<object>;
  /** The app's own evidence of a delivery that is tracked already. */
  readonly reports$: { next(report: EvidenceReport): void };
  /** Announces a delivery that was added to the registry. */
  readonly announceAdded: (transition: Transition) => void;
  readonly isClosed: () => boolean;
}

export class AppSends {
  readonly #ports: AppSendsPorts;
  readonly #wrapped = new WrappedSends();

  constructor(ports: AppSendsPorts) {
    this.#ports = ports;
    ports.registry.edits.isBeingEdited = (messageId) => this.#wrapped.edits(messageId);
  }

  /** Each wrapped send without an answer; resolves when it has one. */
  wrappedEnds(): ReturnType<WrappedSends['ends']> {
    return this.#wrapped.ends();
  }

  wrap<F extends SendFunction>(fn: F, options: WrapOptions<F>): F {
    expectFunction('fn', fn);
    const { registry, settings, ownCommands, isClosed } = this.#ports;
    const read = parseWrapOptions(options);
    const ports: WrapPorts = {
      onSender: (chimeBearer) => {
        if (typeof chimeBearer === 'string') registry.watchSender(chimeBearer);
      },
      isOwn: (argument, { ClientRequestToken: token, ChannelArn, ChimeBearer, SubChannelId }) => {
        if (typeof argument === 'object' && argument !== null && ownCommands.has(argument)) return true;
        const [channelArn, chimeBearer] = [String(ChannelArn), String(ChimeBearer)];
        const subChannelId = typeof SubChannelId === 'string' ? SubChannelId : undefined;
        return (
          typeof token === 'string' && registry.findSend(token, { channelArn, chimeBearer, subChannelId }) !== undefined
        );
      },
      inFlight: this.#wrapped,
      track: (message, startedAt) => {
        if (!isClosed()) this.track(message, startedAt);
      },
      // The app's own send has worked: a result that cannot be tracked must not make it fail.
      onError: (error) => settings.logger?.warn('chime-delivery: a wrapped send cannot be tracked', error),
      onNoMessage: () =>
        settings.logger?.warn(
          `chime-delivery: the result of the wrapped function ${fn.name || '(anonymous)'} has no MessageId, so that nothing is tracked; pass { read } to wrap() for a result of another shape`,
        ),
    };
    return wrapSend(fn, ports, read);
  }

  /** @param startedAt when the app began to send it, by the monotonic clock, where that is known */
  track(message: Trackable, startedAt?: number): Delivery {
    const { registry, settings, reports$, announceAdded } = this.#ports;
    const { messageId, status, detail, ...request } = parseTrackable(message, settings.chimeBearer);
    const at = monotonicNow();
    const now = { at, clockOffset: clockOffset() };
    const response =
      status === undefined ? undefined : ({ kind: 'status', source: 'send-response', at, status, detail } as const);
    const add = (delivery: NewDelivery): Delivery => {
      const transition = registry.add(delivery, response);
      announceAdded(transition);
      return handleOf(transition.delivery);
    };
    // Each edit is a delivery of its own, also where one of the same message is tracked already.
    if (request.isEdit) return add({ messageId, ...request, ...now, sentAt: startedAt ?? at });
    const tracked = registry.findMessage(messageId, request);
    if (tracked === undefined) return add({ id: messageId, messageId, ...request, ...now });
    if (response !== undefined) reports$.next({ delivery: tracked, evidence: response });
    return handleOf(tracked);
  }
}
