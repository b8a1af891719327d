/**
 * A shard's deliveries as a feature of its tracker: restores them, keeps their records as they change, replaces each record by its
 * outcome, and takes permits from the budget that all processes share.
 */
import { toDeliveryState, type TerminalState } from '../core/delivery-state.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { Outbox } from '../core/ports/outbox.ts';
import type { RecoveredDelivery, RecoveryLog } from '../core/ports/recovery.ts';
import { restore } from '../core/restore.ts';
import { isTerminal } from '../core/status.ts';
import { digestOf } from '../shared/digest.ts';
import { deepFreeze } from '../shared/json-copy.ts';
import { clockOffset, monotonicNow, monotonicTimeOf, wallTimeOf } from '../shared/time.ts';
import type { FeatureParts, TrackerContext, TrackerFeature } from '../tracker/feature.ts';
import type { EngineClock } from './engine-clock.ts';
import { encodeOutcome } from './outcome.ts';
import { encodeRecord, type FleetRecord } from './record.ts';
import type { RecordWriter } from './record-writer.ts';
import type { SharedPermits } from './shared-permits.ts';

export interface ShardFeaturePorts {
  readonly writer: Pick<RecordWriter, 'update' | 'settle'>;
  readonly clock: EngineClock;
  readonly permits: SharedPermits;
  /** Whether outcomes have the content of what was sent. */
  readonly keepsContent: boolean;
}

interface Kept {
  readonly id: string;
  record: FleetRecord;
}

export class ShardFeature implements TrackerFeature, Outbox, RecoveryLog {
  readonly seams = ['outbox', 'permits', 'recoveryLog'] as const;
  readonly #ports: ShardFeaturePorts;
  /** The records of each delivery: two where the same message was handed over twice. */
  readonly #kept = new Map<TrackedDelivery, Kept[]>();
  readonly #records = new Map<string, TrackedDelivery>();
  #context: TrackerContext | undefined;
  /** What is being restored: the tracker says which delivery it becomes. */
  #adopting: Kept | undefined;

  constructor(ports: ShardFeaturePorts) {
    this.#ports = ports;
  }

  install(context: TrackerContext): FeatureParts {
    this.#context = context;
    const { permits } = this.#ports;
    return {
      outbox: this,
      recoveryLog: this,
      permits: (chimeBearer, priority, signal) => permits.acquire(chimeBearer, priority, signal),
      onTransition: ({ delivery, before, after }) => this.#onTransition(delivery, before, after),
    };
  }

  /** Deliveries without an outcome. */
  get size(): number {
    return this.#records.size;
  }

  has(id: string): boolean {
    return this.#records.has(id);
  }

  /** The records as they are wanted. */
  get held(): readonly { readonly id: string; readonly record: FleetRecord }[] {
    return [...this.#kept.values()].flat();
  }

  /** The one that was handed over first: they are restored, and handed over, in that order. */
  get oldest(): { readonly id: string; readonly record: FleetRecord; readonly delivery: TrackedDelivery } | undefined {
    for (const [delivery, [kept]] of this.#kept) if (kept !== undefined) return { ...kept, delivery };
    return undefined;
  }

  /** Continues a delivery from its record: one that another holder has left, or (`isFresh`) one that was just handed over. */
  restore(id: string, record: FleetRecord, isFresh = false): void {
    const context = this.#context;
    if (context === undefined || this.#records.has(id)) return;
    this.#adopting = { id, record };
    const found = this.#recovered(id, record);
    // What was left is polled at once; what is fresh has its first poll like any other.
    if (isFresh && context.registry.findRestored(found) === undefined) this.#begin(found, context);
    else restore(found, context);
  }

  #begin(found: RecoveredDelivery, context: TrackerContext): void {
    const { registry } = context;
    const transition = registry.add({
      ...found,
      details: deepFreeze(found.details),
      missingMeansDenied: found.missingMeansDenied && !registry.isDeleted(found.channelArn),
      at: monotonicNow(),
      clockOffset: clockOffset(),
      trackedAt: monotonicTimeOf(found.trackedAt),
      sentAt: monotonicTimeOf(found.sentAt),
    });
    const { delivery } = transition;
    this.adopt(delivery);
    context.announceAdded(transition);
    if (delivery.record.status === 'SENDING') context.resumeSend(delivery, found.input, found.knownUnsent);
  }

  adopt(delivery: TrackedDelivery): void {
    const kept = this.#adopting;
    if (kept === undefined) return;
    this.#adopting = undefined;
    this.#kept.set(delivery, [...(this.#kept.get(delivery) ?? []), kept]);
    this.#records.set(kept.id, delivery);
  }

  isTombstoned(): boolean {
    return false;
  }

  /** The same message has ended already. */
  remove(delivery: TrackedDelivery): void {
    if (isTerminal(delivery.record.status)) this.#settle(delivery, delivery.record);
  }

  onMessageDeleted(delivery: TrackedDelivery): void {
    void Promise.all(this.#update(delivery, { missingMeansDenied: false }));
  }

  rescan(): Promise<void> {
    return Promise.resolve();
  }

  /** Another process has told the outcome. */
  drop(id: string): TrackedDelivery | undefined {
    const delivery = this.#records.get(id);
    this.#records.delete(id);
    if (delivery === undefined) return undefined;
    const rest = (this.#kept.get(delivery) ?? []).filter((each) => each.id !== id);
    if (rest.length > 0) this.#kept.set(delivery, rest);
    else this.#kept.delete(delivery);
    return rest.length === 0 ? delivery : undefined;
  }

  /** What is sent here has its record already. */
  persist(): Promise<void> {
    return Promise.resolve();
  }

  markUnsent(delivery: TrackedDelivery): boolean {
    void Promise.all(this.#update(delivery, { stage: 'unsent' }));
    return true;
  }

  /** Before anything leaves, the record says so; where the record is gone, nothing leaves. */
  clearUnsent(delivery: TrackedDelivery): true | Promise<boolean> {
    const all = this.#kept.get(delivery) ?? [];
    if (all.length > 0 && all.every(({ record }) => record.stage === 'sending')) return true;
    // From now on the service may have it.
    const change = { stage: 'sending', sentAt: this.#ports.clock.now() } as const;
    return Promise.all(this.#update(delivery, change)).then((exist) => exist.length > 0 && exist.every(Boolean));
  }

  #onTransition(delivery: TrackedDelivery, before: DeliveryRecord | undefined, after: DeliveryRecord): void {
    if (isTerminal(after.status)) return this.#settle(delivery, after);
    if (before === undefined) return;
    if (before.messageId === undefined && after.messageId !== undefined)
      void Promise.all(
        this.#update(delivery, {
          stage: 'accepted',
          messageId: after.messageId,
          sentAt: this.#ports.clock.at(after.sentAt),
        }),
      );
    if (before.missingMeansDenied && !after.missingMeansDenied) this.onMessageDeleted(delivery);
  }

  #update(delivery: TrackedDelivery, change: Partial<FleetRecord>): Promise<boolean>[] {
    const { writer } = this.#ports;
    return (this.#kept.get(delivery) ?? []).map((kept) => {
      kept.record = { ...kept.record, ...change };
      return writer.update(kept.id, encodeRecord(kept.record, kept.id));
    });
  }

  #settle(delivery: TrackedDelivery, record: DeliveryRecord): void {
    const { writer, clock, keepsContent } = this.#ports;
    const state = toDeliveryState(record) as TerminalState;
    for (const { id, record: kept } of this.#kept.get(delivery) ?? []) {
      this.#records.delete(id);
      const times = { trackedAt: kept.trackedAt, settledAt: clock.at(record.settledAt ?? 0) };
      writer.settle(id, encodeOutcome(state, { id, ...times, withInput: keepsContent }));
    }
    this.#kept.delete(delivery);
  }

  #recovered(id: string, record: FleetRecord): RecoveredDelivery {
    const { clock } = this.#ports;
    const local = (time: number): number => wallTimeOf(clock.monotonicAt(time));
    const { chimeBearer, channelArn, subChannelId, isEdit, token, messageId, details } = record;
    const input = details.input && {
      ...details.input,
      ChimeBearer: chimeBearer,
      ...(isEdit || token === undefined ? {} : { ClientRequestToken: token }),
    };
    return {
      id,
      token,
      chimeBearer,
      channelArn,
      subChannelId,
      isEdit,
      messageId: record.stage === 'accepted' ? messageId : undefined,
      missingMeansDenied: record.missingMeansDenied,
      contentDigest: record.contentDigest ?? (details.input && digestOf(String(details.input.Content))),
      trackedAt: local(record.trackedAt),
      sentAt: local(record.sentAt),
      input,
      details,
      knownUnsent: record.stage === 'unsent',
      keys: [],
    };
  }
}
