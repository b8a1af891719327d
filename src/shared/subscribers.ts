/**
 * Isolates subscribers of the app: an exception of one, in `next`, at its end or in its teardown, affects neither the other
 * subscribers nor the code that emits. RxJS reports the exception later. No scheduler of RxJS is used: all code of the process
 * shares them, and they lose their waiting actions when the app throws in one.
 */
import { Observable, type Observer } from 'rxjs';

/** `source$` for the app: an exception of one subscriber does not affect the others. */
export function isolated<T>(source$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => source$.subscribe(guarded(subscriber)));
}

/**
 * Emits one value after the other: if a subscriber causes a value while it handles one, the new value waits until all
 * subscribers have got the current one.
 */
export function serialized<T>(source$: Observable<T>): Observable<T> {
  const inTurn$ = new Observable<T>((subscriber) => {
    let waiting: T[] = [];
    let emitting = false;
    let ended = false;
    const emit = (first: T): void => {
      emitting = true;
      try {
        subscriber.next(first);
        // The loop includes values that are added meanwhile.
        for (const value of waiting) if (!subscriber.closed) subscriber.next(value);
      } finally {
        if (waiting.length > 0) waiting = [];
        emitting = false;
      }
      if (ended) subscriber.complete();
    };
    return source$.subscribe({
      next: (value) => {
        if (emitting) waiting.push(value);
        else emit(value);
      },
      error: (error) => subscriber.error(error),
      complete: () => {
        ended = true;
        if (!emitting) subscriber.complete();
      },
    });
  });
  return isolated(inTurn$);
}

/** RxJS catches the exceptions of a plain observer's functions, but not those of a Subscriber that is passed on itself. */
export function guarded<T>(subscriber: Observer<T>): Observer<T> {
  return {
    next: (value) => subscriber.next(value),
    error: (error) => subscriber.error(error),
    complete: () => subscriber.complete(),
  };
}
