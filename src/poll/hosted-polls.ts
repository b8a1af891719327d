/** Polls for deliveries of other trackers, one for each message: their trackers get the results, and plan the next poll. */
import { TrackedDelivery } from '../core/delivery.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import { identityKey, type MessageIdentity } from '../core/identity.ts';
import type { PollPriority } from '../core/ports/http.ts';
import type { BatchResult } from '../core/ports/poll-batcher.ts';
import { monotonicNow } from '../shared/time.ts';
import type { PollDispatcher } from './poll-dispatcher.ts';
import type { PollExecutor } from './poll-executor.ts';
import type { PollResult } from './query-status.ts';

export interface HostedPollsPorts {
  readonly dispatcher: Pick<PollDispatcher, 'enqueue' | 'remove'>;
  /** Called late: the executor needs this object to find deliveries. */
  readonly executor: () => Pick<PollExecutor, 'drop'>;
}

export class HostedPolls {
  readonly #ports: HostedPollsPorts;
  readonly #deliveries = new Map<string, TrackedDelivery>();

  constructor(ports: HostedPollsPorts) {
    this.#ports = ports;
  }

  find(message: MessageIdentity): TrackedDelivery | undefined {
    return this.#deliveries.get(identityKey(message));
  }

  has(delivery: TrackedDelivery): boolean {
    return this.find(delivery.record) === delivery;
  }

  /** Polls the message of `record`, unless it is polled already. */
  poll(record: DeliveryRecord, priority: PollPriority): void {
    if (this.find(record) !== undefined) return;
    const hosted = new TrackedDelivery(record);
    this.#deliveries.set(identityKey(record), hosted);
    this.#ports.dispatcher.enqueue(hosted, priority, monotonicNow());
  }

  /** Stops polling this message, or any. */
  stop(message?: MessageIdentity): void {
    const { dispatcher, executor } = this.#ports;
    for (const delivery of message === undefined ? [...this.#deliveries.values()] : [this.find(message)]) {
      if (delivery === undefined) continue;
      this.#delete(delivery);
      dispatcher.remove(delivery);
      executor().drop(delivery);
    }
  }

  onResult(delivery: TrackedDelivery, priority: PollPriority, result: PollResult | BatchResult): void {
    if (result.kind === 'not-in-page') this.#ports.dispatcher.enqueue(delivery, priority, monotonicNow());
    // Its own tracker polls again.
    else this.#delete(delivery);
  }

  #delete({ record }: TrackedDelivery): void {
    this.#deliveries.delete(identityKey(record));
  }
}
