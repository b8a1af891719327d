/** Cross-tab as a feature: the tabs of one origin and bearer poll once for all, within one budget. */
import type { TrackerFeature } from '../../tracker/feature.ts';
import { applyRemoteResult } from './apply-remote-result.ts';
import { CrossTab } from './cross-tab.ts';
import { tabEnvironment } from './environment.ts';
import { takeOver } from './take-over.ts';

/** Has no effect where there are no tabs, or no Web Locks or BroadcastChannel. */
export function crossTab(): TrackerFeature {
  return {
    seams: ['permits', 'pollDelegate', 'peers'],
    install(context) {
      const environment = tabEnvironment();
      if (environment === undefined) return {};
      const { settings, registry, limiter } = context;
      const tabs = new CrossTab(environment);
      return {
        permits: (...order) => tabs.acquireShared(...order),
        pollDelegate: tabs,
        peers: tabs,
        onTransition: (transition) => tabs.onTransition(transition),
        onForgotten: (delivery) => {
          if (typeof delivery !== 'string') tabs.forget(delivery.record.id);
        },
        onPushReport: (report) => tabs.onPush(report),
        onRemoval: (removal) => tabs.onRemoval(removal, removal.at),
        onThrottled: (...throttle) => tabs.onThrottled(...throttle),
        onCredentials: (work) => (tabs.hasCredentials = work),
        start: () =>
          tabs.start({
            chimeBearer: settings.chimeBearer,
            registry,
            requestTimeoutMs: settings.requestTimeoutMs,
            requestsPerSecond: settings.rateLimit.requestsPerSecond,
            logger: settings.logger,
            acquire: (...order) => limiter.acquireLocal(...order),
            onThrottled: (...throttle) => limiter.onThrottled(...throttle),
            drainTokens: () => limiter.drainTokens(),
            pollFor: (record, priority) => context.pollFor(record, priority),
            stopPollingFor: (message) => context.stopPollingFor(message),
            reclaimDelegated: () => context.reclaimPolls(),
            unconfirmedSends: () => context.unconfirmedSends(),
            onResult: (result) => applyRemoteResult(result, context),
            onChannelDeleted: (channelArn, at) => context.reportRemoval({ channelArn, message: undefined, at }),
            onBecameLeader: () => void context.recoveryLog?.rescan(),
            onPeerGone: (deliveries) => void takeOver(deliveries, context),
          }),
        close: () => tabs.close(),
      };
    },
  };
}
