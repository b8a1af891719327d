/**
 * Polls across tabs: a follower asks the leader for them, and whoever has found something tells all. What is asked or
 * found in one turn goes out in one message. Each tab judges for itself what it is told.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import type { MessageIdentity } from '../../core/identity.ts';
import { createRecord, type DeliveryRecord } from '../../core/delivery-record.ts';
import type { DeliveryRegistry } from '../../core/delivery-registry.ts';
import { isServiceStatus } from '../../core/status.ts';
import { monotonicTimeOf } from '../../shared/time.ts';
import { chunksOf } from './list-encoding.ts';
import {
  parsePeerDelivery,
  parseResult,
  serializeResult,
  type PollRequest,
  type RemoteResult,
  type TabMessage,
} from './protocol.ts';
import { toPeerDelivery } from './presence.ts';

export interface RemotePollsPorts {
  readonly registry: Pick<DeliveryRegistry, 'findMessage'>;
  /** Polls a delivery of another tab's. */
  readonly pollFor: (record: DeliveryRecord, priority: PollRequest['priority']) => void;
  /** No longer polls this message (or edit) for others, or at none. */
  readonly stopPollingFor: (message?: MessageIdentity) => void;
  readonly onResult: (result: RemoteResult) => void;
}

export class RemotePolls {
  readonly #ports: RemotePollsPorts;
  readonly #post: (message: TabMessage) => void;
  /** Polls to ask for, and findings to tell, in this turn. */
  readonly #requests = new Map<TrackedDelivery, PollRequest['priority']>();
  #results: RemoteResult[] = [];

  constructor(ports: RemotePollsPorts, post: (message: TabMessage) => void) {
    this.#ports = ports;
    this.#post = post;
  }

  request(delivery: TrackedDelivery, priority: PollRequest['priority']): void {
    this.#requests.set(delivery, priority);
    if (this.#requests.size > 1) return;
    void Promise.resolve().then(() => {
      const asks = [...this.#requests].map(([each, urgency]) => ({
        ...toPeerDelivery(each.record),
        priority: urgency,
      }));
      this.#requests.clear();
      for (const part of chunksOf(asks)) this.#post({ kind: 'poll', polls: part });
    });
  }

  publish(result: RemoteResult): void {
    this.#results.push(serializeResult(result));
    if (this.#results.length > 1) return;
    void Promise.resolve().then(() => {
      for (const part of chunksOf(this.#results.splice(0))) this.#post({ kind: 'result', results: part });
    });
  }

  /** Polls for another tab, or tells it what is known here already. */
  serve({ priority, ...told }: PollRequest): void {
    const deliveries = parsePeerDelivery(told, Date.now());
    const { registry, pollFor } = this.#ports;
    const {
      messageId = '',
      channelArn,
      chimeBearer,
      subChannelId,
      missingMeansDenied,
      isEdit,
      missingCount,
      seen,
    } = deliveries;
    const { record } = registry.findMessage(messageId, deliveries) ?? {};
    const { status, evidence, settledAt: at = 0, detail } = record ?? {};
    // What nobody could tell this tab, another may still be told; and what it has inferred may not be so for the other.
    const inferred = evidence === 'missing' && !missingMeansDenied;
    if (!status || !isServiceStatus(status) || evidence === undefined || evidence === 'rejected' || inferred) {
      const at = monotonicTimeOf(deliveries.trackedAt);
      return pollFor(
        {
          ...createRecord({ ...deliveries, at, trackedAt: at, sentAt: monotonicTimeOf(deliveries.sentAt) }),
          missingCount,
          seen,
        },
        priority,
      );
    }
    const said = { kind: 'status', source: evidence, at, status, detail } as const;
    this.publish({ messageId, channelArn, chimeBearer, subChannelId, isEdit, evidence: said });
  }

  apply(found: readonly RemoteResult[]): void {
    const { stopPollingFor, onResult } = this.#ports;
    for (const told of found) {
      const result = parseResult(told);
      const { evidence, isEdit = false } = result;
      if (evidence.kind === 'status' && evidence.status !== 'PENDING') stopPollingFor({ ...result, isEdit });
      onResult(result);
    }
  }
}
