/**
 * An Observable of ours, of one that may be anybody's: of another library, or of another copy of RxJS. What is thrown as it is
 * let go harms nobody: it is handed to `onError`.
 */
import { Observable } from 'rxjs';
import { guarded } from '../shared/subscribers.ts';

export type OnError = (error: unknown) => void;

export function fromObservable<T>(source$: Pick<Observable<T>, 'subscribe'>, onError?: OnError): Observable<T> {
  return new Observable((subscriber) => {
    // With an observer of its own: its teardown would be run with the subscriber's otherwise, and throw there.
    const subscription: unknown = source$.subscribe(guarded(subscriber));
    return contained(() => unsubscribeFrom(subscription), onError);
  });
}

/** `act`, which throws nothing. */
export function contained(act: () => void, onError?: OnError): () => void {
  return () => {
    try {
      act();
    } catch (error) {
      onError?.(error);
    }
  };
}

/** Stores of some libraries give a function, and some nothing at all. */
function unsubscribeFrom(subscription: unknown): void {
  if (typeof subscription === 'function') subscription();
  else (subscription as { unsubscribe(): void } | null | undefined)?.unsubscribe();
}
