import { useCallback, useMemo } from 'react';
import { useSyncExternalStore } from 'use-sync-external-store/shim';
import type { Deliveries } from '../tracker/snapshots.ts';
import { mergeDeliveries, type MergedMessage, type MergeOptions } from '../merge-deliveries.ts';
import { readDeliveries, useProvided } from './context.ts';

/**
 * The messages to render: the app's messages of one channel, with the own ones that are still being sent, each once, and each
 * with the state of its delivery (`mergeDeliveries`). The component renders again when one of them changes. The array and its
 * items stay the same while nothing in them changed.
 *
 * @param channelMessages the app's list, oldest first; keep it in state, so that it is a new array only when it changes
 * @param options `channelArn`: give it while the list may be empty, or pending messages of other channels are shown, too
 * @throws MissingProviderError outside of a `DeliveryProvider`
 */
export function useMessages<M extends object>(
  channelMessages: readonly M[],
  { channelArn, subChannelId, messageIdOf }: MergeOptions<M> = {},
): readonly MergedMessage<M>[] {
  const { tracker, atFirst } = useProvided('useMessages');
  const subscribe = useCallback(
    (onChange: () => void) => {
      const subscription = tracker.deliveries$.subscribe(onChange);
      return () => subscription.unsubscribe();
    },
    [tracker],
  );
  const [read, readAtFirst] = useMemo(() => {
    const options = { channelArn, subChannelId, messageIdOf };
    let last: { readonly of: Deliveries; readonly merged: readonly MergedMessage<M>[] } | undefined;
    const merge = (of: Deliveries): readonly MergedMessage<M>[] => {
      if (last?.of !== of) last = { of, merged: mergeDeliveries(channelMessages, of, options) };
      return last.merged;
    };
    return [() => merge(readDeliveries(tracker)), () => merge(atFirst)];
  }, [tracker, atFirst, channelMessages, channelArn, subChannelId, messageIdOf]);
  return useSyncExternalStore(subscribe, read, readAtFirst);
}
