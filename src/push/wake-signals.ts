/**
 * Signals to poll soon: the network is back, the page is visible, or the app says so (`wake$`; with React Native, AppState and
 * NetInfo). Each platform signal is used where it exists; the tracker does not depend on any.
 */
import { catchError, EMPTY, filter, merge, Observable } from 'rxjs';
import { fromObservable, type OnError } from './from-observable.ts';

interface Target {
  addEventListener(type: string, listener: (event: unknown) => void): void;
  removeEventListener(type: string, listener: (event: unknown) => void): void;
}

/** The signals of the platform and of the app. An error of `wake$` ends only the app's signals, and goes to `onError`. */
export function wakeSignals(wake$: Observable<unknown>, onError?: OnError): Observable<unknown> {
  const { document } = globalThis as { document?: Target & { visibilityState?: string } };
  const online$ = isTarget(globalThis) ? eventsOf(globalThis, 'online') : EMPTY;
  const visible$ = isTarget(document)
    ? eventsOf(document, 'visibilitychange').pipe(filter(() => document.visibilityState === 'visible'))
    : EMPTY;
  // A page restored from the back-forward cache; the `pageshow` of a first load does not count.
  const shown$ = isTarget(globalThis)
    ? eventsOf(globalThis, 'pageshow').pipe(filter((event) => (event as { persisted?: unknown }).persisted === true))
    : EMPTY;
  // A frozen tab that was resumed, perhaps still hidden (Page Lifecycle, Chromium only).
  const resumed$ = isTarget(document) ? eventsOf(document, 'resume') : EMPTY;
  const asked$ = fromObservable(wake$, onError).pipe(
    catchError((error: unknown) => {
      onError?.(error);
      return EMPTY;
    }),
  );
  return merge(online$, visible$, shown$, resumed$, asked$);
}

/** As RxJS' `fromEvent`, which supports further kinds of targets and is ten times as large. */
function eventsOf(target: Target, type: string): Observable<unknown> {
  return new Observable((subscriber) => {
    const listener = (event: unknown): void => subscriber.next(event);
    target.addEventListener(type, listener);
    return () => target.removeEventListener(type, listener);
  });
}

function isTarget(value: unknown): value is Target {
  const { addEventListener, removeEventListener } = (value ?? {}) as Partial<Target>;
  return typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}
