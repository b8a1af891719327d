/**
 * Cooperation of tabs, as the rest of a tracker sees it: a leader that polls for all tabs, permits of a shared rate limit, and
 * results of other tabs. A tab whose page is put away or closed leaves the others, and joins again when the page comes back.
 * Without other tabs a tracker works alone.
 */
import { tryRead } from '../../shared/unknown-json.ts';
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { Transition, EvidenceReport } from '../../core/delivery-registry.ts';
import type { MessageReference } from '../../core/identity.ts';
import type { Permit, Priority } from '../../core/ports/http.ts';
import type { Peers } from '../../core/ports/recovery.ts';
import type { PollDelegate } from '../../core/ports/poll-delegate.ts';
import { monotonicNow } from '../../shared/time.ts';
import type { PollRequest } from './protocol.ts';
import { Tab } from './tab.ts';
import type { TabPorts } from './tab-ports.ts';
import type { TabEnvironment } from './environment.ts';
import { trackPending } from './presence.ts';

export interface CrossTabPorts extends Omit<TabPorts, 'environment' | 'onLeader' | 'onFailure'> {
  /** This tab took the lead over from another, which may not have restored everything from the store. */
  readonly onBecameLeader: () => void;
}

/** A tab whose locks or channel failed tries them again when it becomes visible, after this time in milliseconds. */
const RETRY_AFTER_MS = 300_000;

export class CrossTab implements PollDelegate, Peers {
  readonly #environment: TabEnvironment;
  /** Whether this tab is the one that restores the deliveries of an earlier session. */
  readonly shouldRecover: Promise<boolean>;
  readonly #pending = new Map<string, DeliveryRecord>();
  #resolveRecovery: (isRecoverer: boolean) => void = () => undefined;
  #ports: CrossTabPorts | undefined;
  #unlisten: () => void = () => undefined;
  #tab: Tab | undefined;
  /** Undefined until it is known. */
  #isLeader: boolean | undefined;
  #hasWorkingCredentials = true;
  #isClosed = false;
  /** When the locks or the channel last failed, by the monotonic clock. */
  #failedAt: number | undefined;

  constructor(environment: TabEnvironment) {
    this.#environment = environment;
    this.shouldRecover = new Promise((resolve) => (this.#resolveRecovery = resolve));
  }

  /** Joins the other tabs. */
  start(ports: CrossTabPorts): void {
    this.#ports = ports;
    const { page, document } = this.#environment;
    const listeners = [
      [page, 'pagehide', () => this.#goAlone()],
      [page, 'pageshow', () => this.#join()],
      [document, 'freeze', () => this.#tab?.onFreeze()],
      [document, 'resume', () => this.#tab?.onResume()],
      [document, 'visibilitychange', () => this.#onVisibility()],
    ] as const;
    for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
    this.#unlisten = () => {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    };
    this.#join();
  }

  /** Whether another live tab has this delivery. */
  owns(delivery: Parameters<Tab['owns']>[0]): boolean {
    return this.#tab?.owns(delivery) === true;
  }

  delegate(delivery: TrackedDelivery, priority: PollRequest['priority']): boolean {
    return this.#tab?.delegate(delivery, priority) === true;
  }

  publishResult(
    { messageId = '', channelArn, chimeBearer, subChannelId, isEdit }: DeliveryRecord,
    evidence: Evidence,
  ): void {
    this.#tab?.publishResult({
      messageId,
      channelArn,
      chimeBearer,
      subChannelId,
      isEdit,
      evidence: portable(evidence),
    });
  }

  /** Publishes a pushed status: it may save other tabs a poll. */
  onPush(report: EvidenceReport): void {
    const { evidence } = report;
    if ('delivery' in report || (evidence.kind === 'status' && evidence.status === 'PENDING')) return;
    const { messageId, channelArn, isEdit, sender, subChannelId } = report.message;
    const { chimeBearer, registry } = this.#ports ?? {};
    if (sender === undefined) return;
    const address = { channelArn, chimeBearer: sender, subChannelId };
    if (sender !== chimeBearer && registry?.findMessage(messageId, address) === undefined) return;
    this.#tab?.publishResult({ messageId, ...address, isEdit, evidence });
  }

  /** Publishes a deletion, so that no other tab concludes DENIED from a missing status. */
  onRemoval({ channelArn, message }: { channelArn: string; message: MessageReference | undefined }, at: number): void {
    const { chimeBearer } = this.#ports ?? {};
    if (message === undefined) return this.#tab?.publishChannelDeleted(channelArn, at);
    if (chimeBearer === undefined) return;
    // The sender does not matter: each tab finds the deliveries that the deletion may be about.
    const about = { messageId: message.messageId, channelArn, chimeBearer, subChannelId: undefined, isEdit: false };
    this.#tab?.publishResult({ ...about, evidence: { kind: 'removed', at } });
  }

  acquireShared(chimeBearer: string, priority: Priority, signal?: AbortSignal): Promise<Permit | undefined> {
    return this.#tab?.acquireShared(chimeBearer, priority, signal) ?? Promise.resolve(undefined);
  }

  onThrottled(chimeBearer: string, retryAfterMs: number | undefined): void {
    this.#tab?.onThrottled(chimeBearer, retryAfterMs);
  }

  /** Whether the credentials of this tab work. */
  set hasCredentials(hasCredentials: boolean) {
    this.#hasWorkingCredentials = hasCredentials;
    if (this.#tab !== undefined) this.#tab.hasCredentials = hasCredentials;
  }

  onTransition(transition: Transition): void {
    if (trackPending(this.#pending, transition)) this.#tab?.presence.onChange(transition.after.id);
  }

  forget(id: string): void {
    if (this.#pending.delete(id)) this.#tab?.presence.onChange(id);
  }

  /** Hands pending deliveries over to the other tabs, and releases all locks, timers and listeners. */
  close(): void {
    this.#isClosed = true;
    this.#unlisten();
    this.#leave();
  }

  #join(): void {
    const ports = this.#ports;
    if (ports === undefined || this.#tab !== undefined || this.#isClosed) return;
    const environment = this.#environment;
    const onLeader = (own: boolean): void => this.#onLeader(own);
    const onFailure = (error: unknown): void => this.#fail(error);
    this.#tab = tryRead(
      // Some origins (opaque ones, say) may not use locks or channels.
      (error) => {
        onFailure(error);
        return undefined;
      },
      () => new Tab({ ...ports, environment, onLeader, onFailure }, this.#pending, this.#hasWorkingCredentials),
    );
  }

  #onVisibility(): void {
    const { visibilityState } = this.#environment.document;
    const isDue = this.#failedAt !== undefined && monotonicNow() - this.#failedAt >= RETRY_AFTER_MS;
    if (isDue && visibilityState === 'visible') this.#join();
    this.#tab?.onVisibilityChange();
  }

  /** Locks or the channel do not work: this tab works alone. */
  #fail(error: unknown): void {
    if (this.#isClosed) return;
    const isFirst = this.#failedAt === undefined;
    this.#failedAt = monotonicNow();
    if (isFirst)
      this.#ports?.logger?.warn('chime-delivery: tabs cannot reach each other; each tab polls for itself', error);
    this.#goAlone();
    this.#onLeader(true);
  }

  #onLeader(own: boolean): void {
    if (own && this.#isLeader === false) this.#ports?.onBecameLeader();
    this.#isLeader = own;
    this.#resolveRecovery(own);
  }

  #goAlone(): void {
    this.#leave();
    this.#ports?.reclaimDelegated();
  }

  #leave(): void {
    const tab = this.#tab;
    this.#tab = undefined;
    // Another tab may lead meanwhile.
    this.#isLeader &&= false;
    tab?.close(this.#ports?.unconfirmedSends() ?? []);
  }
}

/** Evidence without the original error object, which the structured clone may not be able to copy. */
function portable(evidence: Evidence): Evidence {
  if (evidence.kind !== 'invalid' && evidence.kind !== 'forbidden') return evidence;
  const { name, message } = evidence.error instanceof Error ? evidence.error : new Error(String(evidence.error));
  return { ...evidence, error: { name, message } };
}
