/**
 * The one stream of a tracker: reports from all layers in, changes out. `transitions$` speaks at once, for the layers
 * that plan by it. `announcements$` is what the app hears: visible changes only, one after the other even where a
 * listener causes the next one, so that nobody hears them out of order.
 */
import { filter, map, merge, share, type Observable } from 'rxjs';
import type { Transition, DeliveryRegistry, EvidenceReport } from './delivery-registry.ts';
import { serialized } from '../shared/subscribers.ts';

export interface Pipeline {
  readonly transitions$: Observable<Transition>;
  readonly announcements$: Observable<Transition>;
}

/**
 * @param registry what the reports are applied to
 * @param added$ deliveries of which tracking has just begun
 * @param reports$ one stream of evidence per layer
 */
export function createPipeline(
  registry: DeliveryRegistry,
  added$: Observable<Transition>,
  ...reports$: Observable<EvidenceReport>[]
): Pipeline {
  const applied$ = merge(...reports$).pipe(
    map((report) => registry.apply(report)),
    filter((transition) => transition !== undefined),
  );
  const transitions$ = merge(added$, applied$).pipe(share());
  const announcements$ = transitions$.pipe(filter(isVisible), serialized, share());
  return { transitions$, announcements$ };
}

/** A poll that found nothing new is no news. */
function isVisible({ before, after }: Transition): boolean {
  return before?.status !== after.status || before.messageId !== after.messageId;
}
