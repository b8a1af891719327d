/**
 * Polls the delivery that got a permit: by a batch where the batcher takes it over, else by itself (`query-status.ts`).
 * It hands on the results; it plans nothing and reports nothing itself.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { EditFields } from '../core/edit-fields.ts';
import type { Permit, PollPriority } from '../core/ports/http.ts';
import type { BatcherPorts, BatchResult, CreatePollBatcher, PollBatcher } from '../core/ports/poll-batcher.ts';
import { monotonicNow } from '../shared/time.ts';
import { EditReads } from './edit-reads.ts';
import { InFlight } from './in-flight.ts';
import { Permissions } from './permissions.ts';
import { queryStatus, type PollResult } from './query-status.ts';

export interface PollExecutorPorts extends Omit<BatcherPorts, 'inFlight' | 'permissions' | 'readEdit' | 'onResult'> {
  readonly confirmations: number;
  /** Makes what polls several deliveries by one request, where batch polling is installed. */
  readonly createBatcher?: CreatePollBatcher | undefined;
  readonly onResult: (delivery: TrackedDelivery, priority: PollPriority, result: PollResult | BatchResult) => void;
}

export class PollExecutor {
  readonly #ports: PollExecutorPorts;
  readonly #permissions = new Permissions();
  readonly #inFlight = new InFlight();
  readonly #edits: EditReads;
  readonly #batcher: PollBatcher | undefined;

  constructor(ports: PollExecutorPorts) {
    this.#ports = ports;
    this.#edits = new EditReads(ports.registry);
    this.#batcher = ports.createBatcher?.({
      ...ports,
      inFlight: this.#inFlight,
      permissions: this.#permissions,
      readEdit: (edit, shown) => this.#edits.read(edit, shown),
    });
  }

  has(delivery: TrackedDelivery): boolean {
    return this.#inFlight.has(delivery);
  }

  /** `delivery` needs no result any more. */
  drop(delivery: TrackedDelivery): void {
    this.#inFlight.drop(delivery);
  }

  close(reason: Error): void {
    this.#inFlight.close(reason);
  }

  /** Milliseconds until these deliveries of one channel are polled together; undefined: each by itself. */
  batchDelay(deliveries: readonly TrackedDelivery[], withinMs: number, now: number): number | undefined {
    return this.#batcher?.batchDelay(deliveries, withinMs, now);
  }

  /** A batch of the channel of `delivery` is planned for then: polls that are due shortly before may wait for it. */
  announceBatch(delivery: TrackedDelivery, at: number): void {
    this.#batcher?.announce(delivery, at);
  }

  poll(delivery: TrackedDelivery, priority: PollPriority, permit: Permit): void {
    if (this.#batcher?.poll(delivery, priority, permit) !== true) void this.#pollOne(delivery, priority, permit);
  }

  async #pollOne(delivery: TrackedDelivery, priority: PollPriority, permit: Permit): Promise<void> {
    const { http, confirmations, onUnknownStatus, onRequest, onResult } = this.#ports;
    const poll = this.#inFlight.begin([delivery]);
    const { signal } = poll.abort;
    delivery.lastAttemptAt = monotonicNow();
    const readEdit = delivery.record.isEdit ? (shown: EditFields) => this.#edits.read(delivery, shown) : undefined;
    const result = await queryStatus(
      { record: delivery.record, priority, permit, signal, readEdit, onRequest: () => onRequest([delivery]) },
      { http, access: this.#permissions, confirmations, onUnknownStatus },
    );
    // It was settled, forgotten or closed meanwhile: the result is too late to matter.
    if (!this.#inFlight.end(poll).has(delivery)) return;
    onResult(delivery, priority, result);
    const isShown = result.kind === 'evidence' && result.evidence.kind === 'status';
    if (isShown && delivery.record.status === 'PENDING') this.#batcher?.onIndividualPending(delivery);
  }
}
