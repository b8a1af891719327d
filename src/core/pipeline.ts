/**
 * Applies the reports of all layers, and emits the transitions. `transitions$` emits at once, for the layers of the tracker.
 * `announcements$` is for the app: it has only visible transitions, one after the other even if a listener causes the next
 * one, so that no listener gets them out of order.
 */
import { filter, map, merge, share, type Observable } from 'rxjs';
import type { Transition, DeliveryRegistry, EvidenceReport } from './delivery-registry.ts';
import { serialized } from '../shared/subscribers.ts';

export interface Pipeline {
  readonly transitions$: Observable<Transition>;
  readonly announcements$: Observable<Transition>;
}

/**
 * @param registry the reports are applied to it
 * @param added$ the deliveries that were just added
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

/** A poll that found nothing new is not visible. */
function isVisible({ before, after }: Transition): boolean {
  return before?.status !== after.status || before.messageId !== after.messageId;
}
