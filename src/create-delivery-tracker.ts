/**
 * Puts the default parts of a tracker together. The only file that knows them all; it wires, and decides nothing.
 */
import { filter, map, merge, ReplaySubject, share, Subject, Subscription, takeUntil } from 'rxjs';
import { notify } from './tracker/notify.ts';
import { snapshotOf, type TrackedDelivery } from './core/delivery.ts';
import { DeliveryEmitter } from './tracker/events.ts';
import { DeliveryRegistry, type Transition, type EvidenceReport } from './core/delivery-registry.ts';
import { isTerminal } from './core/status.ts';
import { createPipeline } from './core/pipeline.ts';
import { safeLogger } from './shared/safe-logger.ts';
import { TimerQueue } from './core/timer-queue.ts';
import { snapshotsOf } from './tracker/snapshots.ts';
import { Counters } from './tracker/stats.ts';
import { isolated } from './shared/subscribers.ts';
import { monotonicNow } from './shared/time.ts';
import { FlapDamper } from './tracker/flap-damper.ts';
import type { DeliveryTracker } from './tracker/delivery-tracker.ts';
import { PushConnections } from './push/connection.ts';
import { wakeSignals } from './push/wake-signals.ts';
import { Diagnostics } from './tracker/diagnostics.ts';
import { readOptions, type DeliveryTrackerOptions } from './tracker/options.ts';
import { applyFinding, applyRemoval } from './features/cross-tab/apply-finding.ts';
import { AdaptiveTiming } from './features/adaptive-polling/adaptive-timing.ts';
import { BatchPoller } from './features/batch-polling/batch-poller.ts';
import { Poller } from './poll/poller.ts';
import { createHttpClient } from './http/http-client.ts';
import { takeOver, resumeAll, type ResumePorts } from './features/persistence/resume.ts';
import { Sender } from './send/sender.ts';
import { Journal } from './features/persistence/journal.ts';
import { tabEnvironment } from './features/cross-tab/environment.ts';
import { CrossTab } from './features/cross-tab/cross-tab.ts';
import { Tracker } from './tracker/tracker.ts';

/** After a reconnect: time for the prefetch to settle what it names for free, then a spread against the herd. */
const RECONNECT_AFTER_MS = 250;
const RECONNECT_SPREAD_MS = 750;
const WAKE_SPREAD_MS = 500;
/** How long a session with prefetch has to reconnect (it waits for up to 1 s) before polls are spent. */
const PREFETCH_GRACE_MS = 1_300;

/**
 * Creates a tracker. It is idle until something is sent, tracked, or attached.
 *
 * @throws InvalidArgumentError if an option is not what it has to be
 */
export function createDeliveryTracker(options: DeliveryTrackerOptions): DeliveryTracker {
  const settings = readOptions(options);
  const { polling, missing, requestTimeoutMs } = settings;
  const logger = settings.logger && safeLogger(settings.logger);
  const random = Math.random;
  const counters = new Counters();
  const emitter = new DeliveryEmitter(logger);
  const registry = new DeliveryRegistry(missing, settings.keepSettled);
  registry.watchSender(settings.chimeBearer);
  const timers = new TimerQueue();
  const push = new PushConnections(logger);
  const diagnostics = new Diagnostics(emitter, logger, counters);
  const environment = settings.tabs ? tabEnvironment() : undefined;
  const tabs = environment && new CrossTab(environment);
  let closed = false;

  const http = createHttpClient({
    client: settings.client,
    rateLimit: settings.rateLimit,
    retry: settings.retry,
    requestTimeoutMs,
    logger,
    random,
    onRequests: (kind, requests) => (counters.requests[kind] += requests),
    sharedPermits: tabs && ((...order) => tabs.acquireShared(...order)),
    onThrottled: (chimeBearer, cost, retryAfterMs) => {
      tabs?.onThrottled(chimeBearer, retryAfterMs);
      counters.throttles += 1;
      emitter.emit('throttled', { chimeBearer, ...cost });
    },
    onUnusable: (chimeBearer, error) => diagnostics.clientUnusable(chimeBearer, error),
    onSuspended: (chimeBearer, error) => {
      if (tabs !== undefined) tabs.hasCredentials = false;
      diagnostics.suspended(chimeBearer, error);
    },
    onResumed: (chimeBearer) => {
      const all = diagnostics.resumed(chimeBearer);
      if (all && tabs !== undefined) tabs.hasCredentials = true;
    },
  });
  const { store } = settings;
  const journal: Journal | undefined =
    store &&
    new Journal({
      store,
      owner: settings.chimeBearer,
      persistContent: settings.send.persistContent,
      logger,
      onError: (error) => emitter.emit('error', error),
      isRecoverer: () => tabs?.shouldRecover ?? Promise.resolve(true),
      // What another tab has is that tab's.
      onRecovered: (found) => tabs?.owns(found) !== true && resumeAll(found, resumePorts),
    });
  const sender = new Sender({
    timers,
    http,
    rules: settings.send,
    outbox: journal,
    random,
    onForbidden: (chimeBearer, error) => diagnostics.missingPermission('chime:SendChannelMessage', chimeBearer, error),
  });
  const poller = new Poller({
    registry,
    timers,
    http,
    pollDelegate: tabs,
    pushStatus: push,
    polling,
    missing,
    timing: polling.learn ? new AdaptiveTiming() : undefined,
    createBatcher: polling.batch ? (ports) => new BatchPoller(ports, settings.rateLimit) : undefined,
    maxPermits: Math.max(settings.rateLimit.maxConcurrent, Math.ceil(settings.rateLimit.burst)),
    requestTimeoutMs,
    random,
    onPoll: () => (counters.polls += 1),
    onForbidden: (chimeBearer, error) =>
      diagnostics.missingPermission('chime:GetChannelMessageStatus', chimeBearer, error),
    onListForbidden: (chimeBearer, channelArn) => diagnostics.listForbidden(chimeBearer, channelArn),
    onUnknownStatus: (word) => diagnostics.unknownStatus(word),
  });

  const added$ = new Subject<Transition>();
  const forgotten$ = new Subject<TrackedDelivery>();
  const reports$ = new Subject<EvidenceReport>();
  const resumePorts: ResumePorts = { journal, isClosed: () => closed, registry, sender, poller, added$, reports$ };
  const stopped$ = new ReplaySubject<void>(1);
  const pipeline = createPipeline(registry, added$, reports$, sender.reports$, push.reports$, poller.reports$);
  const subscriptions = new Subscription();
  // The layers before the app: a listener must find counters and plans as the change has left them.
  subscriptions.add(
    pipeline.transitions$.subscribe((transition) => {
      if (isTerminal(transition.after.status)) {
        counters.recordOutcome(transition.after);
        sender.stop(transition.delivery);
      }
      if (transition.before?.missingMeansDenied === true && !transition.after.missingMeansDenied)
        journal?.onMessageDeleted(transition.delivery);
      poller.onTransition(transition);
      tabs?.onTransition(transition);
    }),
  );
  const announcements$ = pipeline.announcements$.pipe(
    // Forgotten by a listener while the news of it was on its way: nothing more is said of it.
    filter(({ delivery }) => delivery.endError === undefined),
    takeUntil(stopped$),
    share(),
  );
  const updates$ = isolated(announcements$.pipe(map(({ delivery, after }) => snapshotOf(delivery, after))));
  const deliveries$ = snapshotsOf(registry, merge(announcements$, forgotten$.pipe(takeUntil(stopped$))));
  subscriptions.add(
    announcements$.subscribe((transition) => {
      // Afterwards, and also where the last to be told has closed the tracker.
      if (notify(transition.delivery, transition.after, emitter)) journal?.onAnnounced(transition);
    }),
  );
  subscriptions.add(
    timers.due$.subscribe((delivery) =>
      delivery.record.status === 'SENDING' ? sender.due(delivery) : poller.due(delivery),
    ),
  );
  const damper = new FlapDamper();
  const hurry = (chimeBearer: string | undefined, afterMs: number, withinMs: number): void => {
    http.probeNow();
    const delayMs = damper.delayMs(chimeBearer ?? '', monotonicNow());
    if (delayMs === undefined) return;
    sender.retrySoon(chimeBearer, delayMs + afterMs, withinMs);
    poller.pollSoon(chimeBearer, delayMs + afterMs, withinMs);
  };
  subscriptions.add(
    push.reports$.subscribe((report) => {
      // An event of an edit that has settled none of ours, or one of several: a read tells the others.
      if (!('message' in report) || report.message.isEdit !== true || report.evidence.kind !== 'status') return;
      const { sender: chimeBearer = settings.chimeBearer, channelArn, subChannelId, messageId } = report.message;
      if (report.evidence.status === 'PENDING') return;
      for (const delivery of registry.editsOf({ chimeBearer, channelArn, subChannelId, messageId }))
        poller.readEditNow(delivery);
    }),
  );
  subscriptions.add(
    push.removals$.subscribe((removal) => {
      tabs?.onRemoval(removal, removal.at);
      applyRemoval(removal, { registry, reports$ });
    }),
  );
  subscriptions.add(
    push.events$.subscribe((event) => {
      const { kind, chimeBearer } = event;
      if (kind === 'established') {
        hurry(chimeBearer, RECONNECT_AFTER_MS, RECONNECT_SPREAD_MS);
        if (event.change) emitter.emit('link', { chimeBearer, state: 'up' });
      } else {
        const isFlapping = damper.isDamped(chimeBearer, monotonicNow());
        poller.onPushLost(chimeBearer, event.prefetch ? PREFETCH_GRACE_MS : 0, isFlapping);
        emitter.emit('link', { chimeBearer, state: 'down', halfOpen: event.halfOpen });
      }
    }),
  );
  const wakeUps$ = wakeSignals(settings.wake$, (error) =>
    logger?.warn('chime-delivery: wake$ failed, and is no longer listened to', error),
  );
  subscriptions.add(merge(wakeUps$, timers.sleeps$).subscribe(() => hurry(undefined, 0, WAKE_SPREAD_MS)));

  if (tabs !== undefined) {
    subscriptions.add(push.reports$.subscribe((report) => tabs.onPush(report)));
    subscriptions.add(forgotten$.subscribe(({ record }) => tabs.forget(record.id)));
    tabs.start({
      chimeBearer: settings.chimeBearer,
      registry,
      requestTimeoutMs,
      requestsPerSecond: settings.rateLimit.requestsPerSecond,
      logger,
      acquire: (...order) => http.acquireLocal(...order),
      onThrottled: (chimeBearer, retryAfterMs) => http.onThrottled(chimeBearer, retryAfterMs),
      drainTokens: () => http.drainTokens(),
      pollFor: (record, priority) => poller.pollFor(record, priority),
      stopPollingFor: (message) => poller.stopPollingFor(message),
      reclaimDelegated: () => poller.reclaimDelegated(),
      unconfirmedSends: () => sender.snapshotUnconfirmed(),
      onResult: (result) => applyFinding(result, { registry, poller, reports$ }),
      onChannelDeleted: (channelArn, at) =>
        applyRemoval({ channelArn, message: undefined, at }, { registry, reports$ }),
      onBecameLeader: () => void journal?.rescan(),
      onPeerGone: (deliveries) => void takeOver(deliveries, resumePorts),
    });
  }

  return new Tracker({
    settings: { ...settings, logger },
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
    journal,
    stop: (reason) => {
      closed = true;
      tabs?.close();
      stopped$.next();
      sender.close(reason);
      poller.close(reason);
      http.close();
      timers.close();
      emitter.close();
      push.close();
      subscriptions.unsubscribe();
    },
  });
}
