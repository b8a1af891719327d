/**
 * What is heard, and what is believed of the link: up from the first sign of a session until the first sign of anything
 * else, per bearer. The session says nothing at the moment of a drop (measured), so nothing here forbids asking: what
 * follows from up and down is decided where polls are planned.
 */
import { Subject, Subscription, type Observable } from 'rxjs';
import type { EvidenceReport } from '../core/delivery-registry.ts';
import { LogOnce } from '../shared/log-once.ts';
import type { Heard } from '../core/ports/http.ts';
import type { PushStatus } from '../core/ports/push-status.ts';
import type { Logger } from '../shared/client.ts';
import { monotonicNow } from '../shared/time.ts';
import { ChannelTraffic } from './channel-traffic.ts';
import { parsePushEvent, type PushedRemoval, type PushMessage } from './parse-event.ts';
import { signalsOf, type MessagingSessionLike, type PushSource, type Signal } from './push-source.ts';
import { hasPrefetch, userOf } from './session-internals.ts';

/** What happened to the link of one bearer. */
export type ConnectionEvent =
  /** Connected, perhaps anew: something may have been missed. `change`: it did not count as up before. */
  | { readonly kind: 'established'; readonly chimeBearer: string; readonly change: boolean }
  /** `prefetch`: a reconnect will tell for free what became of the latest messages. */
  | { readonly kind: 'down'; readonly chimeBearer: string; readonly halfOpen: boolean; readonly prefetch: boolean };

/** A message, or all of a channel, was deleted or redacted. */
export type Removal = PushedRemoval & { readonly at: number };

/** One attached source. */
interface PushSubscription {
  readonly chimeBearer: string;
  readonly prefetch: boolean;
  readonly subscription: Subscription;
  /** Undefined until it has said anything. */
  up: boolean | undefined;
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
  /** Bearers whose socket has missed something, until an event is heard. */
  readonly #halfOpen = new Set<string>();
  readonly #traffic = new ChannelTraffic();
  readonly #warned = new LogOnce();
  readonly #logger: Logger | undefined;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  /** Listens to `source`: for `chimeBearer`, else for its own user, else for `fallback`. Attaching it twice is once. */
  attach(source: MessagingSessionLike | PushSource, chimeBearer: string | undefined, fallback: string): () => void {
    const signals$ = signalsOf(source, (error) =>
      this.#logger?.warn('chime-delivery: a push source failed as it was let go', error),
    );
    const attached =
      this.#sources.get(source) ?? this.#subscribe(source, signals$, chimeBearer ?? userOf(source) ?? fallback);
    return () => {
      // Detached and attached anew since: that is not ours to end.
      if (this.#sources.get(source) === attached) this.#detach(source);
    };
  }

  isUp(chimeBearer: string): boolean {
    return !this.#halfOpen.has(chimeBearer) && this.#upSources(chimeBearer).length > 0;
  }

  upSince(chimeBearer: string): number {
    return Math.min(...this.#upSources(chimeBearer).map(({ upSince }) => upSince));
  }

  heardIn(chimeBearer: string, channelArn: string): Heard {
    return this.#traffic.trafficIn(chimeBearer, channelArn, monotonicNow());
  }

  markHalfOpen(chimeBearer: string): void {
    if (!this.isUp(chimeBearer)) return;
    this.#halfOpen.add(chimeBearer);
    this.#logger?.warn(`chime-delivery: the websocket of ${chimeBearer} claims to be up and delivers nothing`);
    this.#events.next({ kind: 'down', chimeBearer, halfOpen: true, prefetch: false });
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
      upSince: 0,
    };
    this.#sources.set(key, source);
    source.subscription.add(
      signals$.subscribe({
        next: (signal) => this.#onSignal(source, signal),
        error: (error: unknown) => {
          this.#logger?.warn('chime-delivery: a push source failed, and is no longer listened to', error);
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
    this.#setDown(source);
  }

  /** It has ended by itself, and may be attached anew. */
  #drop(key: object, source: PushSubscription): void {
    if (this.#sources.get(key) === source) this.#sources.delete(key);
    this.#setDown(source);
  }

  #onSignal(source: PushSubscription, signal: Signal): void {
    if (signal.kind === 'down') this.#setDown(source);
    else if (signal.kind === 'up') this.#setUp(source);
    else this.#onMessage(source, signal.message);
  }

  #onMessage(source: PushSubscription, event: PushMessage): void {
    const pushEvent = parsePushEvent(event);
    if (pushEvent.kind === 'malformed') return this.#warnOnce(pushEvent.why);
    if (pushEvent.kind === 'established') return this.#setUp(source);
    // A source that was attached while it ran has not said that it is up, but speaks; so does one that was doubted.
    if (source.up === undefined || this.#halfOpen.has(source.chimeBearer)) this.#setUp(source);
    if (pushEvent.kind === 'other') return;
    const at = monotonicNow();
    if (pushEvent.kind === 'removed') return this.#removals.next({ ...pushEvent.removal, at });
    if (pushEvent.malformed !== undefined) this.#warnOnce(pushEvent.malformed);
    for (const { message: key, status, detail, source: origin } of pushEvent.statuses) {
      // What is not SENT goes to the sender alone (documented): where it names none, that is whose socket this is.
      const sender = key.sender ?? (origin === 'websocket' && status !== 'SENT' ? source.chimeBearer : undefined);
      const message = { ...key, sender };
      // What is SENT goes to all members (documented).
      if (origin === 'websocket' && status === 'SENT' && key.isEdit !== true)
        this.#traffic.count(source.chimeBearer, key.channelArn, sender === source.chimeBearer, at);
      this.#reports.next({ message, evidence: { kind: 'status', source: origin, at, status, detail } });
    }
  }

  #setUp(source: PushSubscription): void {
    const now = monotonicNow();
    const { chimeBearer } = source;
    const wasUp = this.isUp(chimeBearer);
    // A session says it twice, by DidStart and by the message: that is one connect, and nothing was missed in between.
    if (source.up === true && wasUp && now - source.upSince < SAME_CONNECT_MS) return;
    this.#halfOpen.delete(chimeBearer);
    source.up = true;
    source.upSince = now;
    this.#traffic.up(chimeBearer, now);
    this.#events.next({ kind: 'established', chimeBearer, change: !wasUp });
  }

  #setDown(source: PushSubscription): void {
    const wasUp = source.up === true;
    source.up = false;
    if (!wasUp) return;
    const { chimeBearer, prefetch } = source;
    if (this.#upSources(chimeBearer).length > 0) return;
    this.#traffic.down(chimeBearer, monotonicNow());
    const wasDoubted = this.#halfOpen.delete(chimeBearer);
    if (!wasDoubted) this.#events.next({ kind: 'down', chimeBearer, halfOpen: false, prefetch });
  }

  /** One warning per kind of malformed event: a broken sender must not fill the log. */
  #warnOnce(why: string): void {
    if (this.#warned.firstTime(why)) this.#logger?.warn(`chime-delivery: ignored ${why}`);
  }
}

const SAME_CONNECT_MS = 1_000;
