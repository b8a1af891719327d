/**
 * The attached push sources, and whether push is up, per bearer: from a source's first sign of a session until its first sign
 * of a drop. A session does not report a drop at once (measured), so push that is up does not rule out polls: the poll
 * schedule decides.
 */
import { Subject, Subscription, type Observable } from 'rxjs';
import type { EvidenceReport } from '../core/delivery-registry.ts';
import { LogOnce } from '../shared/log-once.ts';
import type { ChannelActivity } from '../core/ports/http.ts';
import type { PushStatus } from '../core/ports/push-status.ts';
import type { Logger } from '../shared/client.ts';
import { monotonicNow } from '../shared/time.ts';
import { ChannelTraffic } from './channel-traffic.ts';
import { parsePushEvent, type PushedRemoval, type PushMessage } from './parse-event.ts';
import { signalsOf, type MessagingSessionLike, type PushSource, type Signal } from './push-source.ts';
import { hasPrefetch, userOf } from './session-internals.ts';

/** A change of the push connection of one bearer. */
export type ConnectionEvent =
  /** Connected or reconnected: events may have been missed. `change`: push did not count as up before. */
  | { readonly kind: 'established'; readonly chimeBearer: string; readonly change: boolean }
  /** `prefetch`: a reconnect will bring the statuses of the latest messages, without a request. */
  | {
      readonly kind: 'down';
      readonly chimeBearer: string;
      readonly halfOpen: boolean;
      readonly prefetch: boolean;
      readonly isEnd: boolean;
    }
  /** A source that was down does not come back by itself. */
  | { readonly kind: 'ended'; readonly chimeBearer: string };

/** A message, or all messages of a channel, were deleted or redacted. */
export type Removal = PushedRemoval & { readonly at: number };

/** One attached source. */
interface PushSubscription {
  readonly chimeBearer: string;
  readonly prefetch: boolean;
  readonly subscription: Subscription;
  /** Undefined until the first signal. */
  up: boolean | undefined;
  hasBeenUp: boolean;
  /** It does not come back by itself. */
  ended: boolean;
  upSince: number;
}

export class PushConnections implements PushStatus {
  readonly #reports = new Subject<EvidenceReport>();
  readonly reports$: Observable<EvidenceReport> = this.#reports;
  readonly #events = new Subject<ConnectionEvent>();
  readonly events$: Observable<ConnectionEvent> = this.#events;
  readonly #removals = new Subject<Removal>();
  readonly removals$: Observable<Removal> = this.#removals;
  readonly #sources = new Map<object, PushSubscription>();
  /** Bearers whose socket has missed an event, until one arrives. */
  readonly #halfOpen = new Set<string>();
  readonly #traffic = new ChannelTraffic();
  readonly #warned = new LogOnce();
  readonly #logger: Logger | undefined;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  /**
   * Subscribes to `source`, for `chimeBearer`, or the session's own user, or `fallback`. A source is subscribed to only once.
   * Returns the function that detaches it.
   */
  attach(source: MessagingSessionLike | PushSource, chimeBearer: string | undefined, fallback: string): () => void {
    const signals$ = signalsOf(source, (error) =>
      this.#logger?.warn('chime-delivery: a push source failed when it was detached', error),
    );
    const attached =
      this.#sources.get(source) ?? this.#subscribe(source, signals$, chimeBearer ?? userOf(source) ?? fallback);
    return () => {
      // The source may have been detached and attached again since: that subscription is another caller's.
      if (this.#sources.get(source) === attached) this.#detach(source);
    };
  }

  isUp(chimeBearer: string): boolean {
    return !this.#halfOpen.has(chimeBearer) && this.#upSources(chimeBearer).length > 0;
  }

  upSince(chimeBearer: string): number {
    return Math.min(...this.#upSources(chimeBearer).map(({ upSince }) => upSince));
  }

  activityIn(chimeBearer: string, channelArn: string): ChannelActivity {
    return this.#traffic.activityIn(chimeBearer, channelArn, monotonicNow());
  }

  markHalfOpen(chimeBearer: string): void {
    if (!this.isUp(chimeBearer)) return;
    this.#halfOpen.add(chimeBearer);
    this.#logger?.warn(
      `chime-delivery: websocket for ${chimeBearer} is half-open: connected but not delivering; polling instead`,
    );
    this.#events.next({ kind: 'down', chimeBearer, halfOpen: true, prefetch: false, isEnd: false });
  }

  close(): void {
    const sources = [...this.#sources.values()];
    this.#sources.clear();
    this.#events.complete();
    this.#removals.complete();
    this.#reports.complete();
    for (const { subscription } of sources) subscription.unsubscribe();
  }

  #upSources(chimeBearer: string): PushSubscription[] {
    return [...this.#sources.values()].filter((source) => source.up === true && source.chimeBearer === chimeBearer);
  }

  #subscribe(key: object, signals$: Observable<Signal>, chimeBearer: string): PushSubscription {
    const prefetch = hasPrefetch(key);
    const source: PushSubscription = {
      chimeBearer,
      prefetch,
      subscription: new Subscription(),
      up: undefined,
      hasBeenUp: false,
      ended: false,
      upSince: 0,
    };
    this.#sources.set(key, source);
    source.subscription.add(
      signals$.subscribe({
        next: (signal) => this.#onSignal(source, signal),
        error: (error: unknown) => {
          this.#logger?.warn('chime-delivery: a push source failed and was detached', error);
          this.#drop(key, source);
        },
        complete: () => this.#drop(key, source),
      }),
    );
    return source;
  }

  #detach(key: object): void {
    const source = this.#sources.get(key);
    if (source === undefined) return;
    this.#sources.delete(key);
    source.subscription.unsubscribe();
    this.#setDown(source, true);
  }

  /** The source has ended by itself; it may be attached again. */
  #drop(key: object, source: PushSubscription): void {
    if (this.#sources.get(key) === source) this.#sources.delete(key);
    this.#setDown(source, true);
  }

  #onSignal(source: PushSubscription, signal: Signal): void {
    if (signal.kind === 'down') this.#setDown(source, signal.isEnd);
    else if (signal.kind === 'up') this.#setUp(source);
    else this.#onMessage(source, signal.message);
  }

  #onMessage(source: PushSubscription, event: PushMessage): void {
    const pushEvent = parsePushEvent(event);
    if (pushEvent.kind === 'malformed') return this.#warnOnce(pushEvent.why);
    if (pushEvent.kind === 'established') return this.#setUp(source);
    // An event proves that push is up, also for a source that was attached while it ran, or counted as half-open.
    if (source.up === undefined || this.#halfOpen.has(source.chimeBearer)) this.#setUp(source);
    if (pushEvent.kind === 'other') return;
    const at = monotonicNow();
    if (pushEvent.kind === 'removed') return this.#removals.next({ ...pushEvent.removal, at });
    if (pushEvent.malformed !== undefined) this.#warnOnce(pushEvent.malformed);
    for (const { message: key, status, detail, source: origin, isImplied } of pushEvent.statuses) {
      // A status other than SENT goes to the sender alone (documented): without a sender it is this socket's bearer.
      const sender = key.sender ?? (origin === 'websocket' && status !== 'SENT' ? source.chimeBearer : undefined);
      const message = { ...key, sender };
      // SENT goes to all members (documented).
      if (origin === 'websocket' && status === 'SENT' && key.isEdit !== true)
        this.#traffic.count(source.chimeBearer, key.channelArn, sender === source.chimeBearer, at);
      const evidence = { kind: 'status', source: origin, at, status, detail } as const;
      this.#reports.next({ message, evidence: isImplied === true ? { ...evidence, isImplied } : evidence });
    }
  }

  #setUp(source: PushSubscription): void {
    const now = monotonicNow();
    const { chimeBearer } = source;
    const wasUp = this.isUp(chimeBearer);
    // A session reports a connect twice, by DidStart and by SESSION_ESTABLISHED: it is one connect.
    if (source.up === true && wasUp && now - source.upSince < SAME_CONNECT_MS) return;
    this.#halfOpen.delete(chimeBearer);
    source.up = true;
    source.hasBeenUp = true;
    source.ended = false;
    source.upSince = now;
    this.#traffic.up(chimeBearer, now);
    this.#events.next({ kind: 'established', chimeBearer, change: !wasUp });
  }

  #setDown(source: PushSubscription, isEnd: boolean): void {
    const wasUp = source.up === true;
    const hadEnded = source.ended;
    source.up = false;
    source.ended = isEnd;
    const { chimeBearer, prefetch } = source;
    if (this.#upSources(chimeBearer).length > 0) return;
    if (!wasUp) {
      // One that was never up has not lost anything.
      if (isEnd && !hadEnded && source.hasBeenUp) this.#events.next({ kind: 'ended', chimeBearer });
      return;
    }
    this.#traffic.down(chimeBearer, monotonicNow());
    const wasHalfOpen = this.#halfOpen.delete(chimeBearer);
    if (!wasHalfOpen) this.#events.next({ kind: 'down', chimeBearer, halfOpen: false, prefetch, isEnd });
    else if (isEnd) this.#events.next({ kind: 'ended', chimeBearer });
  }

  /** Logs one warning per kind of malformed event: a broken sender must not fill the log. */
  #warnOnce(why: string): void {
    if (this.#warned.firstTime(why)) this.#logger?.warn(`chime-delivery: ignored ${why}`);
  }
}

const SAME_CONNECT_MS = 1_000;
