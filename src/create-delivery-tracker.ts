/** The preset: a tracker with every feature that its options ask for. */
import { adaptivePolling } from './features/adaptive-polling/install.ts';
import { batchPolling } from './features/batch-polling/install.ts';
import { crossTab } from './features/cross-tab/install.ts';
import { persistence } from './features/persistence/install.ts';
import { wireTracker } from './tracker/create-tracker.ts';
import type { DeliveryTracker } from './tracker/delivery-tracker.ts';
import type { TrackerFeature } from './tracker/feature.ts';
import { readOptions, type DeliveryTrackerOptions } from './tracker/preset-options.ts';

/**
 * Creates a tracker. It is idle until something is sent, tracked, or attached.
 *
 * @throws InvalidArgumentError if an option is not what it has to be
 */
export function createDeliveryTracker(options: DeliveryTrackerOptions): DeliveryTracker {
  const settings = readOptions(options);
  const { store, tabs, polling, send } = settings;
  const features: TrackerFeature[] = [];
  // Persistence before cross-tab: a delivery that a tab hands over is adopted by the store of the tab that takes it.
  if (store !== undefined) features.push(persistence(store, send));
  if (tabs) features.push(crossTab());
  if (polling.batch) features.push(batchPolling());
  if (polling.learn) features.push(adaptivePolling());
  return wireTracker(settings, features);
}
