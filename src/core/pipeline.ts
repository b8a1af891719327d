/**
 * The one stream of a tracker: reports from all rooms in, changes out.
 * `changes$` speaks at once, for the rooms that plan by it. `announcements$` is what the app hears: visible changes only,
 * one after the other even where a listener causes the next one, so that nobody hears them out of order.
 */
import { filter, map, merge, share, type Observable } from 'rxjs';
import type { Change, Ledger, Report } from './ledger.ts';
import { inTurn } from './subscribers.ts';

export interface Pipeline {
  readonly changes$: Observable<Change>;
  readonly announcements$: Observable<Change>;
}

/**
 * @param ledger what the reports are applied to
 * @param added$ deliveries of which tracking has just begun
 * @param reports$ one stream of evidence per room
 */
export function createPipeline(
  ledger: Ledger,
  added$: Observable<Change>,
  ...reports$: Observable<Report>[]
): Pipeline {
  const applied$ = merge(...reports$).pipe(
    map((report) => ledger.apply(report)),
    filter((change) => change !== undefined),
  );
  const changes$ = merge(added$, applied$).pipe(share());
  const announcements$ = changes$.pipe(filter(isVisible), inTurn, share());
  return { changes$, announcements$ };
}

/** A look that found nothing new is no news. */
function isVisible({ before, after }: Change): boolean {
  return before?.status !== after.status || before.messageId !== after.messageId;
}
