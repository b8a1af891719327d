import { useCallback } from 'react';
import type { Delivery } from '../core/delivery.ts';
import type { SendInput } from '../send/send-input.ts';
import type { SendOptions } from '../tracker/send-options.ts';
import { useProvided } from './context.ts';

/**
 * The tracker's `send`, as a function that is the same in every render. Call it in an event handler, not while rendering.
 *
 * @throws MissingProviderError outside of a `DeliveryProvider`
 */
export function useSend(): (input: SendInput, options?: SendOptions) => Delivery {
  const { tracker } = useProvided('useSend');
  return useCallback((input, options) => tracker.send(input, options), [tracker]);
}
