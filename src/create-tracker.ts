/**
 * Puts the default parts of a tracker together. The only file that knows them all; it wires, and decides nothing.
 */
import { filter, map, merge, ReplaySubject, share, Subject, Subscription, takeUntil } from 'rxjs';
import { announce } from './core/announce.ts';
import { stateOf } from './core/delivery.ts';
import type { Entry } from './core/entry.ts';
import { DeliveryEmitter } from './core/events.ts';
import { Ledger, type Change, type Report } from './core/ledger.ts';
import { isTerminal } from './core/message.ts';
import { createPipeline } from './core/pipeline.ts';
import { quietLogger } from './core/quiet-logger.ts';
import { Schedule } from './core/schedule.ts';
import { snapshotsOf } from './core/snapshots.ts';
import { Counters } from './core/stats.ts';
import { isolated } from './core/subscribers.ts';
import { steadyNow } from './core/time.ts';
import { Damper } from './damper.ts';
import type { DeliveryTracker } from './delivery-tracker.ts';
import { Link } from './link/link.ts';
import { wakeUps } from './link/wake.ts';
import { Notices } from './notices.ts';
import { readOptions, type DeliveryTrackerOptions } from './options.ts';
import { learnFrom, noteRemoval } from './learn-from.ts';
import { Poller } from './poll/poller.ts';
import { createRoad } from './request/road.ts';
import { inherit, resume, type ResumePorts } from './resume.ts';
import { Sender } from './send/sender.ts';
import { Archive } from './store/archive.ts';
import { tabEnvironment } from './tabs/environment.ts';
import { Tabs } from './tabs/tabs.ts';
import { Tracker } from './tracker.ts';

/** After a reconnect: time for the prefetch to settle what it names for free, then a spread against the herd. */
const RECONNECT_AFTER_MS = 250;
const RECONNECT_SPREAD_MS = 750;
const WAKE_SPREAD_MS = 500;
/** How long a session with prefetch has to reconnect (it waits for up to 1 s) before looks are spent. */
const PREFETCH_GRACE_MS = 1_300;

/**
 * Creates a tracker. It is idle until something is sent, tracked, or attached.
 *
 * @throws InvalidArgumentError if an option is not what it has to be
 */
export function createDeliveryTracker(options: DeliveryTrackerOptions): DeliveryTracker {
  const settings = readOptions(options);
  const { polling, missing, requestTimeoutMs } = settings;
  const logger = settings.logger && quietLogger(settings.logger);
  const random = Math.random;
  const counters = new Counters();
  const emitter = new DeliveryEmitter(logger);
  const ledger = new Ledger(missing, settings.keepSettled);
  ledger.expect(settings.chimeBearer);
  const schedule = new Schedule();
  const link = new Link(logger);
  const notices = new Notices(emitter, logger, counters);
  const environment = settings.tabs ? tabEnvironment() : undefined;
  const tabs = environment && new Tabs(environment);
  let closed = false;

  const road = createRoad({
    client: settings.client,
    rateLimit: settings.rateLimit,
    retry: settings.retry,
    requestTimeoutMs,
    logger,
    random,
    onRequests: (kind, requests) => (counters.requests[kind] += requests),
    leave: tabs && ((...order) => tabs.leave(...order)),
    onThrottled: (chimeBearer, cost, retryAfterMs) => {
      tabs?.throttled(chimeBearer, retryAfterMs);
      counters.throttles += 1;
      emitter.emit('throttled', { chimeBearer, ...cost });
    },
    onUnusable: (chimeBearer, error) => notices.unusable(chimeBearer, error),
    onSuspended: (chimeBearer, error) => {
      if (tabs !== undefined) tabs.able = false;
      notices.suspended(chimeBearer, error);
    },
    onResumed: (chimeBearer) => {
      const all = notices.resumed(chimeBearer);
      if (all && tabs !== undefined) tabs.able = true;
    },
  });
  const { store } = settings;
  const archive: Archive | undefined =
    store &&
    new Archive({
      store,
      owner: settings.chimeBearer,
      persistContent: settings.send.persistContent,
      logger,
      onError: (error) => emitter.emit('error', error),
      isHeir: () => tabs?.heir ?? Promise.resolve(true),
      // What another tab has is that tab's.
      onFound: (found) => tabs?.has(found) !== true && resume(found, resumePorts),
    });
  const sender = new Sender({
    schedule,
    road,
    rules: settings.send,
    outbox: archive,
    random,
    onForbidden: (chimeBearer, error) => notices.forbidden('chime:SendChannelMessage', chimeBearer, error),
  });
  const poller = new Poller({
    ledger,
    schedule,
    road,
    elsewhere: tabs,
    listening: link,
    polling,
    missing,
    rateLimit: settings.rateLimit,
    maxClaims: Math.max(settings.rateLimit.maxConcurrent, Math.ceil(settings.rateLimit.burst)),
    requestTimeoutMs,
    random,
    onLook: () => (counters.polls += 1),
    onForbidden: (chimeBearer, error) => notices.forbidden('chime:GetChannelMessageStatus', chimeBearer, error),
    onNoPages: (chimeBearer, channelArn) => notices.noPages(chimeBearer, channelArn),
    onUnknownWord: (word) => notices.unknownWord(word),
  });

  const added$ = new Subject<Change>();
  const forgotten$ = new Subject<Entry>();
  const told$ = new Subject<Report>();
  const resumePorts: ResumePorts = { archive, isClosed: () => closed, ledger, sender, poller, added$, told$ };
  const stopped$ = new ReplaySubject<void>(1);
  const pipeline = createPipeline(ledger, added$, told$, sender.reports$, link.reports$, poller.reports$);
  const subscriptions = new Subscription();
  // The rooms before the app: a listener must find counters and plans as the change has left them.
  subscriptions.add(
    pipeline.changes$.subscribe((change) => {
      if (isTerminal(change.after.status)) {
        counters.countEnd(change.after);
        sender.drop(change.entry);
      }
      if (change.before?.provable === true && !change.after.provable) archive?.removed(change.entry);
      poller.follow(change);
      tabs?.follow(change);
    }),
  );
  const announcements$ = pipeline.announcements$.pipe(
    // Forgotten by a listener while the news of it was on its way: nothing more is said of it.
    filter(({ entry }) => entry.ended === undefined),
    takeUntil(stopped$),
    share(),
  );
  const updates$ = isolated(announcements$.pipe(map(({ entry, after }) => stateOf(entry, after))));
  const deliveries$ = snapshotsOf(ledger, merge(announcements$, forgotten$.pipe(takeUntil(stopped$))));
  subscriptions.add(
    announcements$.subscribe((change) => {
      // Afterwards, and also where the last to be told has closed the tracker.
      if (announce(change.entry, change.after, emitter)) archive?.follow(change);
    }),
  );
  subscriptions.add(
    schedule.due$.subscribe((entry) => (entry.known.status === 'SENDING' ? sender.due(entry) : poller.due(entry))),
  );
  const damper = new Damper();
  const hurry = (chimeBearer: string | undefined, afterMs: number, withinMs: number): void => {
    road.hurry();
    const delayMs = damper.delayMs(chimeBearer ?? '', steadyNow());
    if (delayMs === undefined) return;
    sender.hurry(chimeBearer, delayMs + afterMs, withinMs);
    poller.hurry(chimeBearer, delayMs + afterMs, withinMs);
  };
  subscriptions.add(
    link.reports$.subscribe((report) => {
      // An event of an edit that has settled none of ours, or one of several: a read tells the others.
      if (!('message' in report) || report.message.update !== true || report.evidence.kind !== 'said') return;
      const { sender: chimeBearer = settings.chimeBearer, channelArn, subChannelId, messageId } = report.message;
      if (report.evidence.status === 'PENDING') return;
      for (const entry of ledger.editsOf({ chimeBearer, channelArn, subChannelId, messageId })) poller.readNow(entry);
    }),
  );
  subscriptions.add(
    link.removals$.subscribe((removal) => {
      tabs?.heardRemoval(removal, removal.at);
      noteRemoval(removal, { ledger, told$ });
    }),
  );
  subscriptions.add(
    link.events$.subscribe((event) => {
      const { kind, chimeBearer } = event;
      if (kind === 'established') {
        hurry(chimeBearer, RECONNECT_AFTER_MS, RECONNECT_SPREAD_MS);
        if (event.change) emitter.emit('link', { chimeBearer, state: 'up' });
      } else {
        const isFlapping = damper.isDamped(chimeBearer, steadyNow());
        poller.deafened(chimeBearer, event.prefetch ? PREFETCH_GRACE_MS : 0, isFlapping);
        emitter.emit('link', { chimeBearer, state: 'down', halfOpen: event.halfOpen });
      }
    }),
  );
  const wakeUps$ = wakeUps(settings.wake$, (error) =>
    logger?.warn('chime-delivery: wake$ failed, and is no longer listened to', error),
  );
  subscriptions.add(merge(wakeUps$, schedule.sleeps$).subscribe(() => hurry(undefined, 0, WAKE_SPREAD_MS)));

  if (tabs !== undefined) {
    subscriptions.add(link.reports$.subscribe((report) => tabs.heard(report)));
    subscriptions.add(forgotten$.subscribe(({ known }) => tabs.forget(known.id)));
    tabs.join({
      chimeBearer: settings.chimeBearer,
      ledger,
      requestTimeoutMs,
      requestsPerSecond: settings.rateLimit.requestsPerSecond,
      logger,
      acquire: (...order) => road.acquireOwn(...order),
      throttle: (chimeBearer, retryAfterMs) => road.throttle(chimeBearer, retryAfterMs),
      empty: () => road.empty(),
      host: (known, priority) => poller.host(known, priority),
      dismiss: (message) => poller.dismiss(message),
      takeBack: () => poller.takeBack(),
      unanswered: () => sender.unanswered(),
      onFound: (finding) => learnFrom(finding, { ledger, poller, told$ }),
      onChannelDeleted: (channelArn, at) => noteRemoval({ channelArn, message: undefined, at }, { ledger, told$ }),
      onSuccession: () => void archive?.readAgain(),
      onLegacy: (facts) => void inherit(facts, resumePorts),
    });
  }

  return new Tracker({
    settings: { ...settings, logger },
    ledger,
    counters,
    emitter,
    sender,
    poller,
    link,
    road,
    added$,
    forgotten$,
    told$,
    updates$,
    deliveries$,
    archive,
    stop: (reason) => {
      closed = true;
      tabs?.close();
      stopped$.next();
      sender.close(reason);
      poller.close(reason);
      road.close();
      schedule.close();
      emitter.close();
      link.close();
      subscriptions.unsubscribe();
    },
  });
}
