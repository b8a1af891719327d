/** Adaptive polling as a feature: polls are timed by the processing times that were observed. */
import type { TrackerFeature } from '../../tracker/feature.ts';
import { AdaptiveTiming } from './adaptive-timing.ts';

export function adaptivePolling(): TrackerFeature {
  return { seams: ['pollTiming'], install: () => ({ pollTiming: new AdaptiveTiming() }) };
}
