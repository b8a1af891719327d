/**
 * Code that a competent app author writes with RxJS: one queue, one request every 200 ms, and a message that is still
 * pending waits 2 s.
 */
import {
  catchError,
  concatMap,
  concat,
  defer,
  EMPTY,
  filter,
  from,
  ignoreElements,
  map,
  mergeMap,
  of,
  Subject,
  timer,
} from 'rxjs';
import type { Contender, Sent } from './contender.ts';
import { isSettled, whileDeaf } from './while-deaf.ts';

interface Polled {
  readonly message: Sent;
  readonly known: () => void;
  stopped: boolean;
}

export function rxjsPoller(requestsPerSecond = 5, againMs = 2_000): Contender {
  return {
    name: 'a plain RxJS poller',
    settings: `one queue at ${requestsPerSecond} requests/s, again after ${againMs / 1_000} s; the SDK's own retries`,
    create: (surroundings) => {
      const queue$ = new Subject<Polled>();
      const slot$ = timer(1_000 / requestsPerSecond).pipe(ignoreElements());
      const subscription = queue$
        .pipe(
          concatMap((polled) => (polled.stopped ? EMPTY : concat(of(polled), slot$))),
          mergeMap((polled) =>
            defer(() => from(isSettled(surroundings, polled.message))).pipe(
              catchError(() => of(false)),
              map((settled) => ({ polled, settled })),
            ),
          ),
          mergeMap(({ polled, settled }) => {
            if (settled && !polled.stopped) polled.known();
            return settled ? EMPTY : timer(againMs).pipe(map(() => polled));
          }),
          filter(({ stopped }) => !stopped),
        )
        .subscribe((polled) => queue$.next(polled));
      const follower = whileDeaf(surroundings, (message, known) => {
        const polled: Polled = { message, known, stopped: false };
        queue$.next(polled);
        return () => {
          polled.stopped = true;
        };
      });
      return {
        ...follower,
        close: () => {
          void follower.close();
          subscription.unsubscribe();
        },
      };
    },
  };
}
