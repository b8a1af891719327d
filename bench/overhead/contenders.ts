/**
 * The contenders: this library, two ways to write it by hand in an app, and two existing pollers. The others parse each
 * event once, poll with the same first delays, and do nothing else that this library does.
 */
import { createWaiter, WaiterState } from '@smithy/util-waiter';
import { environmentManager, QueryClient, QueryObserver } from '@tanstack/query-core';
import { createDeliveryTracker } from 'chime-delivery';
import { EventEmitter } from 'node:events';
import { filter, map, merge, of, repeat, Subject, switchMap, takeUntil, takeWhile, timer } from 'rxjs';
import { channel, user, type Contender, type PushEvent } from './workload.ts';

const quietMs = 20_000;

function chimeDelivery(): Contender {
  const messages$ = new Subject<PushEvent>();
  const client = { send: () => Promise.reject(new Error('The benchmark asks for nothing.')) };
  const tracker = createDeliveryTracker({ client, chimeBearer: user });
  tracker.attach({ messages$, link$: merge(of('up' as const), new Subject<'up'>()) });
  return {
    track: (messageId) => tracker.track({ channelArn: channel, messageId }),
    push: (event) => messages$.next(event),
    settled: () => tracker.stats.settled.SENT,
    close: () => tracker.close(),
  };
}

function pipelinePerMessage(): Contender {
  const heard$ = new Subject<{ MessageId: string; Status: { Value: string } }>();
  let settled = 0;
  const closed$ = new Subject<void>();
  return {
    track: (messageId) => {
      const pushed$ = heard$.pipe(
        filter((body) => body.MessageId === messageId),
        map((body) => body.Status.Value),
      );
      const polled$ = timer(quietMs).pipe(
        switchMap(() => Promise.resolve('PENDING')),
        repeat(),
      );
      const status$ = merge(pushed$, polled$).pipe(
        takeWhile((status) => status === 'PENDING', true),
        takeUntil(closed$),
      );
      status$.subscribe((status) => {
        if (status !== 'PENDING') settled += 1;
      });
    },
    push: ({ payload }) => heard$.next(JSON.parse(payload) as { MessageId: string; Status: { Value: string } }),
    settled: () => settled,
    close: () => {
      // Completing the source first: unsubscribing one by one is quadratic.
      heard$.complete();
      closed$.next();
    },
  };
}

function loopPerMessage(): Contender {
  const heard = new EventEmitter().setMaxListeners(0);
  const stops = new Set<() => void>();
  let settled = 0;
  const next = (messageId: string): Promise<string> =>
    new Promise((resolve) => {
      const done = (status: string): void => {
        clearTimeout(timeout);
        heard.off(messageId, done);
        stops.delete(stop);
        resolve(status);
      };
      const stop = (): void => done('STOPPED');
      const timeout = setTimeout(done, quietMs, 'PENDING');
      heard.once(messageId, done);
      stops.add(stop);
    });
  const loop = async (messageId: string): Promise<void> => {
    let status = 'PENDING';
    while (status === 'PENDING') status = await next(messageId);
    if (status !== 'STOPPED') settled += 1;
  };
  return {
    track: (messageId) => void loop(messageId),
    push: ({ payload }) => {
      const body = JSON.parse(payload) as { MessageId: string; Status: { Value: string } };
      heard.emit(body.MessageId, body.Status.Value);
    },
    settled: () => settled,
    close: () => stops.forEach((stop) => stop()),
  };
}

function waiterPerMessage(): Contender {
  const waiting = new Map<string, AbortController>();
  let settled = 0;
  const check = (): Promise<{ state: WaiterState }> => Promise.resolve({ state: WaiterState.RETRY });
  const times = { minDelay: quietMs / 1_000, maxDelay: 120, maxWaitTime: 172_800 };
  return {
    track: (messageId) => {
      const abort = new AbortController();
      waiting.set(messageId, abort);
      void createWaiter({ client: undefined, abortSignal: abort.signal, ...times }, messageId, check).then(
        () => (settled += 1),
      );
    },
    push: ({ payload }) => {
      const { MessageId, Status } = JSON.parse(payload) as { MessageId: string; Status: { Value: string } };
      if (Status.Value === 'PENDING') return;
      waiting.get(MessageId)?.abort();
      waiting.delete(MessageId);
    },
    settled: () => settled,
    close: () => {
      for (const abort of waiting.values()) abort.abort();
    },
  };
}

function queryPerMessage(): Contender {
  // Node counts as a server, which refetches nothing.
  environmentManager.setIsServer(() => false);
  const queries = new QueryClient();
  const stops = new Map<string, () => void>();
  let settled = 0;
  return {
    track: (messageId) => {
      const observer = new QueryObserver(queries, {
        queryKey: ['status', messageId],
        queryFn: () => Promise.resolve('PENDING'),
        initialData: 'PENDING',
        staleTime: quietMs,
        refetchInterval: ({ state }) => (state.data === 'PENDING' ? quietMs : false),
      });
      const stop = observer.subscribe(({ data }) => {
        if (data === 'PENDING' || !stops.delete(messageId)) return;
        settled += 1;
        stop();
      });
      stops.set(messageId, stop);
    },
    push: ({ payload }) => {
      const { MessageId, Status } = JSON.parse(payload) as { MessageId: string; Status: { Value: string } };
      queries.setQueryData(['status', MessageId], Status.Value);
    },
    settled: () => settled,
    close: () => {
      for (const stop of stops.values()) stop();
      queries.clear();
    },
  };
}

export const contenders: Readonly<Record<string, () => Contender>> = {
  'chime-delivery': chimeDelivery,
  'one RxJS pipeline per message': pipelinePerMessage,
  'one async loop per message': loopPerMessage,
  'one util-waiter per message': waiterPerMessage,
  'one TanStack Query observer per message': queryPerMessage,
};
