/** An Observable of ours, of one that may be anybody's: of another library, or of another copy of RxJS. */
import { Observable } from 'rxjs';

export function ownObservable<T>(source$: Pick<Observable<T>, 'subscribe'>): Observable<T> {
  return new Observable((subscriber) => source$.subscribe(subscriber));
}
