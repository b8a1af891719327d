/**
 * Moments at which looking again is worth it: the network is back, the page is visible, or the app says so (`wake$`, how
 * React Native passes AppState and NetInfo). Each platform signal is used where it exists, and none is relied upon.
 */
import { EMPTY, filter, fromEvent, merge, type Observable } from 'rxjs';

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The platform's own signals, and the app's. */
export function wakeUps(wake$: Observable<unknown>): Observable<unknown> {
  const { document } = globalThis as { document?: Target & { visibilityState?: string } };
  const online$ = isTarget(globalThis) ? fromEvent(globalThis, 'online') : EMPTY;
  const visible$ = isTarget(document)
    ? fromEvent(document, 'visibilitychange').pipe(filter(() => document.visibilityState === 'visible'))
    : EMPTY;
  return merge(online$, visible$, wake$);
}

function isTarget(value: unknown): value is Target {
  const { addEventListener, removeEventListener } = (value ?? {}) as Partial<Target>;
  return typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}
