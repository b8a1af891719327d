/** The subpath `chime-delivery/core`: a tracker without features, and each feature by itself. Bundlers drop what is not used. */
export { createTracker } from './tracker/create-tracker.ts';
export { persistence } from './features/persistence/install.ts';
export { crossTab } from './features/cross-tab/install.ts';
export { batchPolling } from './features/batch-polling/install.ts';
export { adaptivePolling } from './features/adaptive-polling/install.ts';
export type { TrackerOptions } from './tracker/tracker-options.ts';
export type { TrackerFeature } from './tracker/feature.ts';
export type { PersistenceOptions } from './features/persistence/install.ts';
export type { DeliveryTracker } from './tracker/delivery-tracker.ts';
export type { DeliveryStore } from './core/ports/store.ts';
