/** Wires the parts of a tracker and its features. It decides nothing. */
import { filter, map, merge, ReplaySubject, share, Subject, takeUntil } from 'rxjs';
import { snapshotOf, type TrackedDelivery } from '../core/delivery.ts';
import { DeliveryRegistry, type EvidenceReport, type Transition } from '../core/delivery-registry.ts';
import { createPipeline } from '../core/pipeline.ts';
import { isTerminal } from '../core/status.ts';
import { TimerQueue } from '../core/timer-queue.ts';
import { PushConnections } from '../push/connection.ts';
import { safeLogger } from '../shared/safe-logger.ts';
import { isolated } from '../shared/subscribers.ts';
import { connectPush } from './connect-push.ts';
import { createLayers, type Layers } from './create-layers.ts';
import type { DeliveryTracker } from './delivery-tracker.ts';
import { Diagnostics } from './diagnostics.ts';
import { DeliveryEmitter } from './events.ts';
import { createContext } from './feature-context.ts';
import type { Seams, TrackerFeature } from './feature.ts';
import { expectFeatures, installFeatures } from './install-features.ts';
import { logTrace } from './log-trace.ts';
import { notify } from './notify.ts';
import { readTrackerOptions, type Settings } from './options.ts';
import { snapshotsOf } from './snapshots.ts';
import { Counters } from './stats.ts';
import { Trace, traceTransition } from './trace.ts';
import { Tracker } from './tracker.ts';
import type { TrackerOptions } from './tracker-options.ts';

/**
 * Creates a tracker with these features alone. It is idle until something is sent, tracked, or attached.
 *
 * @param features in the order in which their hooks are called: persistence before cross-tab
 * @throws InvalidArgumentError if an option is not what it has to be, or two features have the same seam
 */
export function createTracker(options: TrackerOptions, features: readonly TrackerFeature[] = []): DeliveryTracker {
  expectFeatures(features);
  return wireTracker(readTrackerOptions(options), features);
}

/** The same with settings that were checked. */
export function wireTracker(given: Settings, trackerFeatures: readonly TrackerFeature[]): DeliveryTracker {
  const settings = { ...given, logger: given.logger && safeLogger(given.logger) };
  const { logger } = settings;
  const counters = new Counters();
  const emitter = new DeliveryEmitter(logger);
  const trace = new Trace();
  if (logger !== undefined) logTrace(trace.facts$, logger);
  const registry = new DeliveryRegistry(settings.missing, settings.keepSettled, trace);
  registry.watchSender(settings.chimeBearer);
  const timers = new TimerQueue();
  const push = new PushConnections(logger);
  const diagnostics = new Diagnostics(emitter, logger, counters);
  const added$ = new Subject<Transition>();
  const forgotten$ = new Subject<TrackedDelivery>();
  const reports$ = new Subject<EvidenceReport>();
  const stopped$ = new ReplaySubject<void>(1);
  let closed = false;

  const seams: Seams = {};
  const context = createContext({
    settings,
    registry,
    emitter,
    added$,
    reports$,
    seams,
    isClosed: () => closed,
    layers: () => layers,
  });
  const features = installFeatures(trackerFeatures, context, seams);
  const ownCommands = new WeakSet<object>();
  const layers: Layers = createLayers({
    settings,
    registry,
    timers,
    push,
    counters,
    emitter,
    diagnostics,
    features,
    trace,
    ownCommands,
  });
  const { http, sender, poller } = layers;

  const pipeline = createPipeline(registry, added$, reports$, sender.reports$, push.reports$, poller.reports$);
  // The layers before the app: a listener must find counters and plans as the change has left them.
  const subscriptions = pipeline.transitions$.subscribe((transition) => {
    if (isTerminal(transition.after.status)) {
      counters.recordOutcome(transition.after);
      sender.stop(transition.delivery);
      sender.onSettled(transition.delivery);
    }
    poller.onTransition(transition);
    features.onTransition(transition);
  });
  const announcements$ = pipeline.announcements$.pipe(
    // A listener has forgotten it while the announcement was queued: nothing more is announced of it.
    filter(({ delivery }) => delivery.endError === undefined),
    takeUntil(stopped$),
    share(),
  );
  const updates$ = isolated(announcements$.pipe(map(({ delivery, after }) => snapshotOf(delivery, after))));
  const deliveries$ = snapshotsOf(registry, merge(announcements$, forgotten$.pipe(takeUntil(stopped$))));
  subscriptions.add(
    announcements$.subscribe((transition) => {
      traceTransition(trace, transition);
      // Afterwards, and also where the last listener has closed the tracker.
      if (notify(transition.delivery, transition.after, emitter)) features.onAnnounced(transition);
    }),
  );
  subscriptions.add(
    timers.due$.subscribe((delivery) =>
      delivery.record.status === 'SENDING' ? sender.due(delivery) : poller.due(delivery),
    ),
  );
  subscriptions.add(
    connectPush({ settings, registry, push, timers, http, sender, poller, emitter, features, context, trace }),
  );
  features.start();

  const stop = (reason: Error): Promise<void> => {
    closed = true;
    const featuresClosed = features.close();
    stopped$.next();
    for (const part of [sender, poller]) part.close(reason);
    for (const part of [http, timers, emitter, push, trace]) part.close();
    subscriptions.unsubscribe();
    return featuresClosed;
  };
  return new Tracker({
    settings,
    registry,
    counters,
    emitter,
    sender,
    poller,
    push,
    http,
    added$,
    forgotten$,
    reports$,
    updates$,
    deliveries$,
    features,
    trace,
    ownCommands,
    stop,
  });
}
