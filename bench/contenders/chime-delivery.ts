/** This library, as an app uses it: its defaults, except for `options`. */
import { createDeliveryTracker, type DeliveryTrackerOptions } from 'chime-delivery';
import { Subject } from 'rxjs';
import type { Contender, PushEvent } from './contender.ts';

export function chimeDelivery(
  name = 'chime-delivery',
  settings = 'defaults: 5 requests/s',
  options: Partial<DeliveryTrackerOptions> = {},
): Contender {
  return {
    name,
    settings,
    create: ({ client, bearer, onKnown }) => {
      const messages$ = new Subject<PushEvent>();
      const link$ = new Subject<'up' | 'down'>();
      const tracker = createDeliveryTracker({ client, chimeBearer: bearer, ...options });
      tracker.attach({ messages$, link$ });
      tracker.on('settled', (state) => {
        if (state.status === 'UNKNOWN' || state.messageId === undefined) throw new Error(`Not known: ${state.status}.`);
        onKnown(state.messageId);
      });
      return {
        follow: (message) => void tracker.track(message),
        link: (state) => link$.next(state),
        push: (event) => messages$.next(event),
        close: () => tracker.close(),
      };
    },
  };
}
