/** The entry point of `chime-delivery/devtools`: the timeline of a tracker as a custom element. Importing it defines nothing. */
import { DeliveryDevtools } from './delivery-devtools.ts';
import type { RecordedTracker } from './recording.ts';

export { DeliveryDevtools };

/** Defines the element `<delivery-devtools>`, once. Set its `tracker` property. */
export function defineDevtools(): void {
  if (customElements.get('delivery-devtools') === undefined)
    customElements.define('delivery-devtools', DeliveryDevtools);
}

/**
 * Shows the timeline of `tracker` at the lower edge of the window, or in `parent`. Returns the element: `remove()` ends it.
 */
export function mountDevtools(tracker: RecordedTracker, parent?: Element): DeliveryDevtools {
  defineDevtools();
  const element = document.createElement('delivery-devtools') as DeliveryDevtools;
  element.tracker = tracker;
  element.floating = parent === undefined;
  (parent ?? document.body).append(element);
  return element;
}
