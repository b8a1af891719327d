/**
 * Signals to poll soon: the network is back, the page is visible, or the app says so (`wake$`; with React Native, AppState and
 * NetInfo). Each platform signal is used where it exists; the tracker does not depend on any.
 */
import { catchError, EMPTY, filter, fromEvent, merge, type Observable } from 'rxjs';
import { fromObservable, type OnError } from './from-observable.ts';

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The signals of the platform and of the app. An error of `wake$` ends only the app's signals, and goes to `onError`. */
export function wakeSignals(wake$: Observable<unknown>, onError?: OnError): Observable<unknown> {
  const { document } = globalThis as { document?: Target & { visibilityState?: string } };
  const online$ = isTarget(globalThis) ? fromEvent(globalThis, 'online') : EMPTY;
  const visible$ = isTarget(document)
    ? fromEvent(document, 'visibilitychange').pipe(filter(() => document.visibilityState === 'visible'))
    : EMPTY;
  // A page restored from the back-forward cache; the `pageshow` of a first load does not count.
  const shown$ = isTarget(globalThis)
    ? fromEvent(globalThis, 'pageshow').pipe(filter((event) => (event as { persisted?: unknown }).persisted === true))
    : EMPTY;
  // A frozen tab that was resumed, perhaps still hidden (Page Lifecycle, Chromium only).
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
