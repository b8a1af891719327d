/** Checks the arguments of the provider and the hooks; throws `InvalidArgumentError`. */
import { asObject } from '../shared/unknown-json.ts';
import type { Delivery } from '../core/delivery.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import { expectReadable } from '../shared/validate.ts';

/** Checks a tracker by its shape: it may come from another copy of the package, and this file must not import the tracker. */
export function expectTracker(tracker: unknown): void {
  const isTracker = expectReadable('tracker', tracker, () => {
    const { deliveries$, updates$, get, watch, send } = (tracker ?? {}) as Record<string, unknown>;
    const members = [asObject(deliveries$)?.['subscribe'], asObject(updates$)?.['subscribe'], get, watch, send];
    return members.every((member) => typeof member === 'function');
  });
  if (!isTracker) throw new InvalidArgumentError('tracker', 'a tracker made by createDeliveryTracker()', tracker);
}

export function expectWhich(which: unknown): void {
  if (which === undefined || typeof which === 'string') return;
  const isDelivery = expectReadable('which', which, () => {
    const { id, state$ } = (which ?? {}) as Partial<Delivery>;
    return typeof id === 'string' && typeof state$?.subscribe === 'function';
  });
  if (!isDelivery) throw new InvalidArgumentError('which', 'a Delivery, the id of one, or undefined', which);
}

export function expectFilter(filter: unknown): void {
  if (filter === undefined || typeof filter === 'function') return;
  throw new InvalidArgumentError('filter', 'a function of a delivery, or undefined', filter);
}
