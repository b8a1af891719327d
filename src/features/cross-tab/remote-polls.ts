/**
 * Polls across tabs: a follower requests them from the leader, and a tab with a result publishes it to all tabs. The requests
 * or results of one turn go out in one message. Each tab decides for itself what a result means.
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
  /** Polls a delivery of another tab. */
  readonly pollFor: (record: DeliveryRecord, priority: PollRequest['priority']) => void;
  /** Stops polling this message (or edit) for other tabs; without an argument, all of them. */
  readonly stopPollingFor: (message?: MessageIdentity) => void;
  readonly onResult: (result: RemoteResult) => void;
}

export class RemotePolls {
  readonly #ports: RemotePollsPorts;
  readonly #post: (message: TabMessage) => void;
  /** Requests and results of this turn, not sent yet. */
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
      const polls = [...this.#requests].map(([each, urgency]) => ({
        ...toPeerDelivery(each.record),
        priority: urgency,
      }));
      this.#requests.clear();
      for (const part of chunksOf(polls)) this.#post({ kind: 'poll', polls: part });
    });
  }

  publish(result: RemoteResult): void {
    this.#results.push(serializeResult(result));
    if (this.#results.length > 1) return;
    void Promise.resolve().then(() => {
      for (const part of chunksOf(this.#results.splice(0))) this.#post({ kind: 'result', results: part });
    });
  }

  /** Polls for another tab, or publishes the outcome if this tab has it already. */
  serve({ priority, ...received }: PollRequest): void {
    const delivery = parsePeerDelivery(received, Date.now());
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
    } = delivery;
    const { record } = registry.findMessage(messageId, delivery) ?? {};
    const { status, evidence, settledAt: at = 0, detail } = record ?? {};
    // An UNKNOWN here may have an outcome for the other tab; and DENIED inferred from a missing status may not hold there.
    const inferred = evidence === 'missing' && !missingMeansDenied;
    if (!status || !isServiceStatus(status) || evidence === undefined || evidence === 'rejected' || inferred) {
      const at = monotonicTimeOf(delivery.trackedAt);
      return pollFor(
        {
          ...createRecord({ ...delivery, at, trackedAt: at, sentAt: monotonicTimeOf(delivery.sentAt) }),
          missingCount,
          seen,
        },
        priority,
      );
    }
    const reported = { kind: 'status', source: evidence, at, status, detail } as const;
    this.publish({ messageId, channelArn, chimeBearer, subChannelId, isEdit, evidence: reported });
  }

  apply(results: readonly RemoteResult[]): void {
    const { stopPollingFor, onResult } = this.#ports;
    for (const received of results) {
      const result = parseResult(received);
      const { evidence, isEdit = false } = result;
      if (evidence.kind === 'status' && evidence.status !== 'PENDING') stopPollingFor({ ...result, isEdit });
      onResult(result);
    }
  }
}
