/** One TanStack Query observer per message, with `refetchInterval` until it is settled. */
import { environmentManager, QueryClient, QueryObserver } from '@tanstack/query-core';
import type { Contender } from './contender.ts';
import { isSettled, whileDeaf } from './while-deaf.ts';

export function queryPerMessage(refetchMs = 5_000): Contender {
  return {
    name: 'one TanStack Query observer per message',
    settings: `refetchInterval ${refetchMs / 1_000} s until settled; retries left to the SDK`,
    create: (surroundings) => {
      // Node counts as a server, which refetches nothing.
      environmentManager.setIsServer(() => false);
      const queries = new QueryClient();
      queries.mount();
      const follower = whileDeaf(surroundings, (message, known) => {
        const observer = new QueryObserver(queries, {
          queryKey: ['status', message.messageId],
          queryFn: () => isSettled(surroundings, message),
          refetchInterval: ({ state }) => (state.data === true ? false : refetchMs),
          refetchIntervalInBackground: true,
          networkMode: 'always',
          retry: false,
        });
        return observer.subscribe(({ data }) => {
          if (data === true) known();
        });
      });
      return {
        ...follower,
        close: () => {
          void follower.close();
          queries.clear();
          queries.unmount();
        },
      };
    },
  };
}
