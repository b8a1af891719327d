/** Connects push with the rest of the tracker: what it tells, and what a link that comes or goes means for polls and sends. */
import { merge, Subscription } from 'rxjs';
import type { DeliveryRegistry, EvidenceReport } from '../core/delivery-registry.ts';
import type { TracePort } from '../core/ports/trace.ts';
import type { TimerQueue } from '../core/timer-queue.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Poller } from '../poll/poller.ts';
import type { PushConnections } from '../push/connection.ts';
import { wakeSignals } from '../push/wake-signals.ts';
import type { Sender } from '../send/sender.ts';
import { monotonicNow } from '../shared/time.ts';
import type { DeliveryEmitter, LinkChange } from './events.ts';
import type { TrackerContext } from './feature.ts';
import { FlapDamper } from './flap-damper.ts';
import type { InstalledFeatures } from './install-features.ts';
import type { Settings } from './options.ts';

/** After a reconnect: time for the prefetch to settle what it names for free, then a spread against the herd. */
const RECONNECT_AFTER_MS = 250;
const RECONNECT_SPREAD_MS = 750;
const WAKE_SPREAD_MS = 500;
/** How long a session with prefetch has to reconnect (it waits for up to 1 s) before polls are spent. */
const PREFETCH_GRACE_MS = 1_300;

export interface PushParts {
  readonly settings: Settings;
  readonly registry: DeliveryRegistry;
  readonly push: PushConnections;
  readonly timers: TimerQueue;
  readonly http: HttpClient;
  readonly sender: Sender;
  readonly poller: Poller;
  readonly emitter: DeliveryEmitter;
  readonly features: InstalledFeatures;
  readonly context: TrackerContext;
  readonly trace: TracePort;
}

export function connectPush(parts: PushParts): Subscription {
  const { settings, registry, push, timers, http, sender, poller, emitter, features, context, trace } = parts;
  const subscriptions = new Subscription();
  const damper = new FlapDamper();
  const pollAndSendSoon = (chimeBearer: string | undefined, afterMs: number, withinMs: number): void => {
    http.probeNow();
    const delayMs = damper.delayMs(chimeBearer ?? '', monotonicNow());
    if (delayMs === undefined) return;
    sender.retrySoon(chimeBearer, delayMs + afterMs, withinMs);
    poller.pollSoon(chimeBearer, delayMs + afterMs, withinMs);
  };
  const announceLink = (change: LinkChange): void => {
    emitter.emit('link', change);
    trace.emit(() => ({ kind: 'link', halfOpen: false, ended: false, ...change }));
  };
  subscriptions.add(
    push.reports$.subscribe((report) => {
      if ('message' in report) forgetPendingReads(report, registry, context);
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
      features.onRemoval(removal);
      context.reportRemoval(removal);
    }),
  );
  subscriptions.add(
    push.events$.subscribe((event) => {
      const { kind, chimeBearer } = event;
      if (kind === 'established') {
        pollAndSendSoon(chimeBearer, RECONNECT_AFTER_MS, RECONNECT_SPREAD_MS);
        if (event.change) announceLink({ chimeBearer, state: 'up' });
      } else if (kind === 'ended') {
        announceLink({ chimeBearer, state: 'down', halfOpen: false, ended: true });
      } else {
        const isFlapping = damper.isDamped(chimeBearer, monotonicNow());
        poller.onPushLost(chimeBearer, event.prefetch ? PREFETCH_GRACE_MS : 0, isFlapping);
        announceLink({ chimeBearer, state: 'down', halfOpen: event.halfOpen, ...(event.isEnd ? { ended: true } : {}) });
      }
    }),
  );
  const wakeUps$ = wakeSignals(settings.wake$, (error) =>
    settings.logger?.warn('chime-delivery: wake$ failed, and is no longer listened to', error),
  );
  subscriptions.add(merge(wakeUps$, timers.sleeps$).subscribe(() => pollAndSendSoon(undefined, 0, WAKE_SPREAD_MS)));
  subscriptions.add(push.reports$.subscribe((report) => features.onPushReport(report)));
  return subscriptions;
}

/**
 * An untracked message was delivered just now: until then it was PENDING itself, so that the reads of its edits have shown
 * nothing about them.
 */
function forgetPendingReads(
  { message, evidence }: Extract<EvidenceReport, { message: unknown }>,
  registry: DeliveryRegistry,
  context: Pick<TrackerContext, 'report'>,
): void {
  const { sender: chimeBearer, channelArn, subChannelId, messageId } = message;
  const isDelivery = evidence.source === 'websocket' && evidence.status === 'SENT' && evidence.isImplied !== true;
  if (message.isEdit !== false || !isDelivery || chimeBearer === undefined) return;
  const address = { chimeBearer, channelArn, subChannelId };
  if (registry.findMessage(messageId, address) !== undefined) return;
  for (const delivery of registry.editsOf({ ...address, messageId }))
    context.report({ delivery, evidence: { kind: 'edit-unseen', at: evidence.at } });
}
