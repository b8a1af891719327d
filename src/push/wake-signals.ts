/**
 * Moments at which polling again is worth it: the network is back, the page is visible, or the app says so (`wake$`,
 * how React Native passes AppState and NetInfo). Each platform signal is used where it exists, and none is relied upon.
 */
import { catchError, EMPTY, filter, fromEvent, merge, type Observable } from 'rxjs';
import { fromObservable, type OnError } from './from-observable.ts';

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The platform's own signals, and the app's: an error of the app's ends only those, and is handed to `onError`. */
export function wakeSignals(wake$: Observable<unknown>, onError?: OnError): Observable<unknown> {
  const { document } = globalThis as { document?: Target & { visibilityState?: string } };
  const online$ = isTarget(globalThis) ? fromEvent(globalThis, 'online') : EMPTY;
  const visible$ = isTarget(document)
    ? fromEvent(document, 'visibilitychange').pipe(filter(() => document.visibilityState === 'visible'))
    : EMPTY;
  // A page that comes back from the back-forward cache; the first `pageshow` of a load is no news.
  const shown$ = isTarget(globalThis)
    ? fromEvent(globalThis, 'pageshow').pipe(filter((event) => (event as { persisted?: unknown }).persisted === true))
    : EMPTY;
  // A frozen tab that goes on, perhaps still hidden (Page Lifecycle, Chromium only).
  const resumed$ = isTarget(document) ? fromEvent(document, 'resume') : EMPTY;
  const asked$ = fromObservable(wake$, onError).pipe(
    catchError((error: unknown) => {
      onError?.(error);
      return EMPTY;
    }),
  );
  return merge(online$, visible$, shown$, resumed$, asked$);
}

function isTarget(value: unknown): value is Target {
  const { addEventListener, removeEventListener } = (value ?? {}) as Partial<Target>;
  return typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}
