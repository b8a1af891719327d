/**
 * Whether a message is one of this tracker's. Its event may come before the response to its send, which alone has its MessageId:
 * then the answer has to wait for every send that may be this one.
 */
import { handleOf, type Delivery, type TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryRegistry } from '../core/delivery-registry.ts';

export interface OwnMessagePorts {
  readonly registry: Pick<DeliveryRegistry, 'find' | 'pending'>;
  /** Whether the service may have the message of this send without having answered. */
  readonly isUnanswered: (delivery: TrackedDelivery) => boolean;
  /** One promise for each wrapped send that is under way now: it resolves when that has ended. */
  readonly wrapped: () => Iterable<Promise<unknown>>;
  /** Resolves when the store was read. */
  readonly restored: Promise<unknown>;
}

export function ownMessage(messageId: string, ports: OwnMessagePorts): Promise<Delivery | undefined> {
  const find = (): Delivery | undefined => {
    const delivery = ports.registry.find(messageId, { operation: 'create' });
    return delivery?.record.messageId === messageId ? handleOf(delivery) : undefined;
  };
  const known = find();
  if (known !== undefined) return Promise.resolve(known);
  // What begins from now on cannot be this message, which the service has already.
  const candidates = [...ports.registry.pending()].filter(
    (delivery) => !delivery.record.isEdit && ports.isUnanswered(delivery),
  );
  const answers = [
    ports.restored,
    ...ports.wrapped(),
    // A send that ends without an answer, or that the app forgets, is none to wait for.
    ...candidates.map((delivery) => handleOf(delivery).accepted.catch(() => undefined)),
  ];
  return new Promise((resolve) => {
    const check = (): void => {
      const found = find();
      if (found !== undefined) resolve(found);
    };
    for (const answer of answers) void answer.then(check);
    void Promise.all(answers).then(() => resolve(find()));
  });
}
