/**
 * Converts an Observable of another library, or of another copy of RxJS, into our own. An error thrown by its unsubscribe goes
 * to `onError`.
 */
import { Observable } from 'rxjs';
import { guarded } from '../shared/subscribers.ts';

export type OnError = (error: unknown) => void;

export function fromObservable<T>(source$: Pick<Observable<T>, 'subscribe'>, onError?: OnError): Observable<T> {
  return new Observable((subscriber) => {
    // `guarded` makes a new observer. With the subscriber itself, RxJS would run the source's teardown as the subscriber's.
    const subscription: unknown = source$.subscribe(guarded(subscriber));
    return contained(() => unsubscribeFrom(subscription), onError);
  });
}

/** `act`, with its exceptions passed to `onError`. */
export function contained(act: () => void, onError?: OnError): () => void {
  return () => {
    try {
      act();
    } catch (error) {
      onError?.(error);
    }
  };
}

/** The stores of some libraries return a function instead of a subscription, and some return nothing. */
function unsubscribeFrom(subscription: unknown): void {
  if (typeof subscription === 'function') subscription();
  else (subscription as { unsubscribe(): void } | null | undefined)?.unsubscribe();
}
