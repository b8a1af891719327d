/** What features may do with a tracker: each call goes to the part that does it. */
import type { Subject } from 'rxjs';
import type { DeliveryRegistry, EvidenceReport, Transition } from '../core/delivery-registry.ts';
import { resumeSend } from '../send/resume-send.ts';
import type { Layers } from './create-layers.ts';
import type { DeliveryEmitter } from './events.ts';
import type { Seams, TrackerContext } from './feature.ts';
import type { Settings } from './options.ts';

export interface ContextParts {
  readonly settings: Settings;
  readonly registry: DeliveryRegistry;
  readonly emitter: DeliveryEmitter;
  readonly added$: Subject<Transition>;
  readonly reports$: Subject<EvidenceReport>;
  /** What the features fill, so far. */
  readonly seams: Seams;
  isClosed(): boolean;
  /** The layers, which are created after the features. */
  readonly layers: () => Layers;
}

export function createContext(parts: ContextParts): TrackerContext {
  const { settings, registry, emitter, added$, reports$, seams, layers } = parts;
  return {
    settings,
    registry,
    get recoveryLog() {
      return seams.recoveryLog;
    },
    get peers() {
      return seams.peers;
    },
    limiter: {
      acquireLocal: (...order) => layers().http.acquireLocal(...order),
      onThrottled: (...throttle) => layers().http.onThrottled(...throttle),
      drainTokens: () => layers().http.drainTokens(),
    },
    isClosed: () => parts.isClosed(),
    announceAdded: (transition) => added$.next(transition),
    report: (report) => reports$.next(report),
    reportRemoval: (removal) => {
      for (const delivery of registry.removed(removal, removal.at))
        reports$.next({ delivery, evidence: { kind: 'removed', at: removal.at } });
    },
    pollNow: (delivery) => layers().poller.due(delivery, 'reconcile'),
    pollFor: (record, priority) => layers().poller.pollFor(record, priority),
    stopPollingFor: (message) => layers().poller.stopPollingFor(message),
    reclaimPolls: () => layers().poller.reclaimDelegated(),
    onRemoteResult: (delivery, evidence) => layers().poller.onRemoteResult(delivery, evidence),
    resumeSend: (...resumed) => resumeSend(layers().sender, ...resumed),
    mergeEarlierSend: (...earlier) => layers().sender.mergeEarlierAttempt(...earlier),
    stopSend: (delivery) => layers().sender.stop(delivery),
    unconfirmedSends: () => layers().sender.snapshotUnconfirmed(),
    emitError: (error) => emitter.emit('error', error),
  };
}
