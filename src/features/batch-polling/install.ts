/** Batch polling as a feature: one ListChannelMessages may settle several deliveries of a channel. */
import type { TrackerFeature } from '../../tracker/feature.ts';
import { BatchPoller } from './batch-poller.ts';

export function batchPolling(): TrackerFeature {
  return {
    seams: ['batcher'],
    install: ({ settings }) => ({ batcher: (ports) => new BatchPoller(ports, settings.rateLimit) }),
  };
}
