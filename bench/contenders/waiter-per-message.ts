/** One waiter per message: `createWaiter` of @smithy/util-waiter, on which the AWS SDK's own waiters are built. */
import { createWaiter, WaiterState } from '@smithy/util-waiter';
import type { Contender } from './contender.ts';
import { isSettled, whileDeaf } from './while-deaf.ts';

export function waiterPerMessage(minDelay = 2, maxDelay = 120): Contender {
  return {
    name: 'one util-waiter per message',
    settings: `delays ${minDelay}-${maxDelay} s; an error is a retry; the SDK's own retries`,
    create: (surroundings) =>
      whileDeaf(surroundings, (message, known) => {
        const abort = new AbortController();
        const check = async (): Promise<{ state: WaiterState }> => {
          const settled = await isSettled(surroundings, message).catch(() => false);
          return { state: settled ? WaiterState.SUCCESS : WaiterState.RETRY };
        };
        const { client } = surroundings;
        const waiting = createWaiter(
          { client, minDelay, maxDelay, maxWaitTime: 172_800, abortSignal: abort.signal },
          message,
          check,
        );
        void waiting.then(({ state }) => state === WaiterState.SUCCESS && !abort.signal.aborted && known());
        return () => abort.abort();
      }),
  };
}
