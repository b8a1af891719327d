/**
 * Holds one shard: a tracker for all its bearers, from the moment when this process gets the lease until the lease ends. Records
 * first, then the inbox from its beginning: a word for something that was read already changes nothing.
 */
import { NEVER, of, Subject } from 'rxjs';
import { batchPolling } from '../features/batch-polling/install.ts';
import { wireTracker } from '../tracker/create-tracker.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import type { TrackerFeature } from '../tracker/feature.ts';
import type { PushMessage } from '../push/parse-event.ts';
import { CallWatch } from './call-watch.ts';
import type { EngineClock } from './engine-clock.ts';
import type { FleetEngine, InboxWord, Lease, OldestDelivery, StoredRecord } from './engine.ts';
import { FleetEngineError, unreadable } from './errors.ts';
import type { FleetSettings } from './fleet-options.ts';
import { putBack } from './forgotten-records.ts';
import { LearntSchedule } from './learnt-schedule.ts';
import { monotonicNow } from '../shared/time.ts';
import { decodePushed } from './pushed-word.ts';
import { decodeRecord, encodeRecord, type FleetRecord } from './record.ts';
import { RecordWriter } from './record-writer.ts';
import { ShardFeature } from './shard-feature.ts';
import type { SharedPermits } from './shared-permits.ts';
import { endsWithin, pause } from './wait.ts';

export interface ShardHolderPorts {
  readonly engine: FleetEngine;
  readonly settings: FleetSettings;
  readonly clock: EngineClock;
  readonly permits: SharedPermits;
  readonly onTracker: (tracker: DeliveryTracker) => void;
  readonly onError: (error: Error) => void;
}

/** Milliseconds until a read that failed is tried again. */
const RETRY_MS = 250;
/** A delivery without an outcome for so long is worth a word, in milliseconds. */
const OLD_MS = 10_000;
/** How long a shard that is handed back waits for its last writes, in milliseconds. */
const FLUSH_MS = 1_000;

export class ShardHolder {
  readonly #ports: ShardHolderPorts;
  readonly #lease: Lease;
  readonly #writer: RecordWriter;
  readonly #feature: ShardFeature;
  readonly #calls: CallWatch;
  readonly #learnt: LearntSchedule;
  readonly #pushed$ = new Subject<PushMessage>();
  /** Aborted after the last write: later ones are not this holder's. */
  readonly #gone = new AbortController();
  #tracker: DeliveryTracker | undefined;
  #position = '';
  #term = 0;
  /** The records may say something else than what this holder knows: it reads them again. */
  #isStale = true;

  constructor(ports: ShardHolderPorts, lease: Lease) {
    const { engine, settings, clock, permits, onError } = ports;
    this.#ports = ports;
    this.#lease = lease;
    this.#writer = new RecordWriter({
      records: engine.records,
      shard: lease.shard,
      ended: this.#gone.signal,
      onError,
      onGone: (id) => this.#drop(id),
      onSettled: () => undefined,
    });
    this.#feature = new ShardFeature({
      writer: this.#writer,
      clock,
      permits,
      keepsContent: settings.persistContent,
    });
    this.#learnt = new LearntSchedule(engine.records, lease.shard);
    this.#calls = new CallWatch({
      graceMs: settings.tracker.send.resendWindowMs,
      now: () => clock.now(),
      onOverdue: (id) => void this.#take(id, lease.ended),
    });
  }

  /** Deliveries without an outcome. */
  get pending(): number {
    return this.#feature.size + this.#calls.size;
  }

  /** When the oldest of them was handed over, by the engine's clock. */
  get oldestAt(): number | undefined {
    return this.#feature.oldest?.record.trackedAt;
  }

  /** The delivery that has waited for longest, once that is more than a while. */
  get oldest(): OldestDelivery | undefined {
    const { oldest } = this.#feature;
    if (oldest === undefined || this.#ports.clock.now() - oldest.record.trackedAt < OLD_MS) return undefined;
    const why = this.#tracker?.explain(oldest.delivery.record.id)?.sentence;
    return { id: oldest.id, trackedAt: oldest.record.trackedAt, why: why ?? 'Its worker begins with it.' };
  }

  get tracker(): DeliveryTracker | undefined {
    return this.#tracker;
  }

  /** Resolves when the shard is let go of. */
  async hold(): Promise<void> {
    const { ended } = this.#lease;
    try {
      while (!ended.aborted)
        if (this.#isStale) await this.#attempt('read the records', () => this.#restoreAll());
        else await this.#attempt('read the inbox', () => this.#readInbox());
    } finally {
      this.#calls.close();
      await this.#tracker?.close();
      const learnt = this.#attempt('keep what was learnt', () => this.#learnt.keep(monotonicNow(), true));
      await endsWithin(Promise.all([this.#writer.flush(), learnt]), FLUSH_MS);
      this.#gone.abort();
    }
  }

  /** Waits for a while where it fails. */
  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#lease.ended.aborted) return;
      this.#ports.onError(new FleetEngineError(what, error));
      await pause(RETRY_MS, this.#lease.ended);
    }
  }

  async #restoreAll(): Promise<void> {
    const { engine } = this.#ports;
    // First: what an earlier holder drops before is among the records, and it drops nothing afterwards.
    this.#term = await engine.inbox.claim(this.#lease.shard);
    const found: [string, FleetRecord][] = [];
    const present = new Set<string>();
    for await (const batch of engine.records.read(this.#lease.shard)) {
      for (const [id, stored] of batch) {
        present.add(id);
        const record = this.#decode(id, stored);
        if (record !== undefined) found.push([id, record]);
      }
    }
    if (this.#lease.ended.aborted) return;
    await this.#attempt('read what was learnt', () => this.#learnt.load());
    // The sends of one channel leave in the order in which they were handed over.
    found.sort(([, a], [, b]) => a.trackedAt - b.trackedAt || (a.order ?? 0) - (b.order ?? 0));
    for (const [id, record] of found) this.#begin(id, record, false);
    await this.#putBack(present);
    this.#isStale = false;
  }

  /** What was held before the records were read, and is not among them. */
  #putBack(present: ReadonlySet<string>): Promise<void> {
    const { engine, settings, clock } = this.#ports;
    const missing = this.#feature.held.filter(({ id }) => !present.has(id));
    const held = missing.map(({ id, record }) => ({
      id,
      record: encodeRecord(record, id),
      trackedAt: record.trackedAt,
    }));
    return putBack(engine.records, this.#lease.shard, held, {
      keepSettledMs: settings.keepSettledMs,
      now: clock.now(),
    });
  }

  async #readInbox(): Promise<void> {
    const { engine } = this.#ports;
    const { shard, ended } = this.#lease;
    const { entries, missed } = await engine.inbox.read(shard, this.#position, ended);
    if (ended.aborted) return;
    if (missed) this.#isStale = true;
    for (const { word } of entries) await this.#onWord(word);
    this.#position = entries.at(-1)?.position ?? this.#position;
    await this.#attempt('keep what was learnt', () => this.#learnt.keep(monotonicNow()));
    // One that had the shard before, and did not know that it has lost it, may have claimed the inbox after this holder, and dropped words.
    if (!(await engine.inbox.trim(shard, this.#position, this.#term))) this.#isStale = true;
  }

  async #onWord(word: InboxWord): Promise<void> {
    switch (word.kind) {
      case 'new': {
        const record = this.#decode(word.id, word.record);
        if (record !== undefined) this.#begin(word.id, record, true);
        return;
      }
      case 'changed':
        return this.#take(word.id, undefined);
      case 'pushed':
        return this.#onPushed(word.event);
    }
  }

  /** Reads one record again. One that is still with its caller, who had enough time, is without a caller (`overdue`). */
  async #take(id: string, overdue: AbortSignal | undefined): Promise<void> {
    const { engine, onError } = this.#ports;
    try {
      const { record: stored } = await engine.records.get(this.#lease.shard, id);
      this.#calls.end(id);
      if (stored === undefined || this.#lease.ended.aborted) return;
      const record = this.#decode(id, stored);
      if (record === undefined) return;
      // The service may have it, or not: without its content it cannot be sent again.
      if (overdue !== undefined && record.stage === 'calling')
        this.#feature.restore(id, { ...record, stage: 'sending', details: { ...record.details, input: undefined } });
      else this.#begin(id, record, true);
    } catch (error) {
      onError(new FleetEngineError('read a record', error));
      await pause(RETRY_MS, this.#lease.ended);
      if (!this.#lease.ended.aborted) return this.#take(id, overdue);
    }
  }

  #begin(id: string, record: FleetRecord, isFresh: boolean): void {
    // The lease may have ended while the record was read.
    if (this.#lease.ended.aborted || this.#feature.has(id)) return;
    if (record.stage === 'calling') return this.#calls.begin(id, record.sentAt);
    this.#trackerFor(record.chimeBearer);
    this.#feature.restore(id, record, isFresh);
  }

  #onPushed(event: string): void {
    // Nothing is pending here: the outcome may belong to a message that is tracked in a moment.
    if (this.#lease.ended.aborted) return;
    const message = decodePushed(event);
    if (message === undefined) return this.#ports.onError(unreadable('a push event', event));
    // One that is about all bearers says nothing of a message that comes later.
    if (message.bearer !== undefined) this.#trackerFor(message.bearer);
    this.#pushed$.next(message);
  }

  #drop(id: string): void {
    const delivery = this.#feature.drop(id);
    if (delivery !== undefined) this.#tracker?.forget(delivery.record.id);
  }

  /** The tracker of the shard, created for its first delivery. */
  #trackerFor(chimeBearer: string): void {
    if (this.#tracker !== undefined) return;
    const { settings, permits, onTracker, onError } = this.#ports;
    const features: TrackerFeature[] = [this.#feature];
    if (settings.batch) features.push(batchPolling());
    if (settings.learn) features.push(this.#learnt.feature);
    const tracker = wireTracker({ ...settings.tracker, chimeBearer, wake$: NEVER }, features);
    this.#tracker = tracker;
    tracker.on('error', onError);
    tracker.on('throttled', ({ chimeBearer: bearer, pausedForMs }) => permits.onThrottled(bearer, pausedForMs));
    // What is heard elsewhere is evidence, and no sign that everything will be heard.
    tracker.attach({ messages$: this.#pushed$, link$: of('down' as const) });
    onTracker(tracker);
  }

  /** A record of a later version stays where it is, for a process that can read it. */
  #decode(id: string, stored: StoredRecord): FleetRecord | undefined {
    const record = decodeRecord(stored, id);
    if (record === undefined) this.#ports.onError(unreadable('a record', id));
    return record;
  }
}
