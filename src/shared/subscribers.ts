/**
 * Subscribers that may be anybody's: one that throws, in `next`, at its end or in its teardown, keeps nothing from the
 * others and reaches nobody who pushes. RxJS reports what it threw, later. No scheduler of RxJS is used: those belong to the
 * whole process, and lose what waits in them when the app throws there.
 */
import { Observable, type Observer } from 'rxjs';

/** `source$` for the app: an exception of one subscriber stays with that subscriber. */
export function isolated<T>(source$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => source$.subscribe(guarded(subscriber)));
}

/**
 * Passes on one value after the other, also where a subscriber causes the next one while it is told of one: that waits until
 * all were told.
 */
export function serialized<T>(source$: Observable<T>): Observable<T> {
  const inTurn$ = new Observable<T>((told) => {
    let waiting: T[] = [];
    let telling = false;
    let ended = false;
    const tell = (first: T): void => {
      telling = true;
      try {
        told.next(first);
        // What is added meanwhile is told in the same loop.
        for (const value of waiting) if (!told.closed) told.next(value);
      } finally {
        if (waiting.length > 0) waiting = [];
        telling = false;
      }
      if (ended) told.complete();
    };
    return source$.subscribe({
      next: (value) => {
        if (telling) waiting.push(value);
        else tell(value);
      },
      error: (error) => told.error(error),
      complete: () => {
        ended = true;
        if (!telling) told.complete();
      },
    });
  });
  return isolated(inTurn$);
}

/** RxJS catches what an observer's functions throw, and nothing of a Subscriber that is passed on as it is. */
export function guarded<T>(subscriber: Observer<T>): Observer<T> {
  return {
    next: (value) => subscriber.next(value),
    error: (error) => subscriber.error(error),
    complete: () => subscriber.complete(),
  };
}
