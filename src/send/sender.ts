/**
 * Sends messages: one request token per logical message, the same input and token on every try, until the service has
 * answered for good or the message is too old to be sent again. Within a try, short retries are the HTTP client's; what
 * an answer means is `parse-send-response.ts`; who waits for whom, `channel-queues.ts`; what outlives the process, the
 * outbox's.
 */
import { SendChannelMessageCommand, type SendChannelMessageCommandInput } from '@aws-sdk/client-chime-sdk-messaging';
import { Subject, type Observable } from 'rxjs';
import { abortReason } from '../shared/abort.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import { SendExpiredError, StoreError } from '../shared/errors.ts';
import type { Evidence } from '../core/evidence.ts';
import type { EvidenceReport } from '../core/delivery-registry.ts';
import type { HttpPort, RequestFailure, FailureKind } from '../core/ports/http.ts';
import type { Outbox } from '../core/ports/outbox.ts';
import type { TimerQueue } from '../core/timer-queue.ts';
import { monotonicNow } from '../shared/time.ts';
import { neverArrived } from './never-sent.ts';
import { ChannelQueues } from './channel-queues.ts';
import { parseSendResponse } from './parse-send-response.ts';
import { conflictDelay, retryDelay } from './backoff.ts';
import { deadlineOf, mayBeAccepted, createPendingSend, type PendingSend, type SendRules } from './pending-send.ts';

export type { SendRules };

export interface SenderPorts {
  readonly timers: TimerQueue;
  readonly http: HttpPort;
  readonly rules: SendRules;
  readonly outbox: Outbox | undefined;
  readonly random: () => number;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
}

/** What has not left for so long, in milliseconds, is marked as such in the outbox: it may take long. */
const MARK_UNSENT_AFTER_MS = 5_000;

/** Failures after which it waits, and is tried again. */
const RETRIED_KINDS: ReadonlySet<FailureKind> = new Set(['unreachable', 'throttled', 'credentials', 'clock-skew']);

const now = monotonicNow;

export class Sender {
  readonly #ports: SenderPorts;
  readonly #reports = new Subject<EvidenceReport>();
  readonly reports$: Observable<EvidenceReport> = this.#reports;
  readonly #pendingSends = new Map<TrackedDelivery, PendingSend>();
  readonly #queues: ChannelQueues;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#queues = new ChannelQueues((delivery) => this.#begin(delivery));
  }

  /**
   * Sends `input`, which carries the token, for `delivery`. The signal calls it off while it is not answered.
   *
   * @param isNew whether its token was minted just now
   */
  send(
    delivery: TrackedDelivery,
    input: SendChannelMessageCommandInput,
    signal: AbortSignal | undefined,
    isNew = true,
  ): void {
    const onAbort = (): void => this.#cancel(delivery, signal && abortReason(signal));
    const unlisten = (): void => signal?.removeEventListener('abort', onAbort);
    const pendingSend = this.#add(delivery, input, unlisten);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) return onAbort();
    const { outbox } = this.#ports;
    if (outbox === undefined) return this.#begin(delivery);
    this.#scheduleDeadline(delivery, pendingSend);
    this.#queues.reserve(delivery);
    void outbox.persist(delivery, input, isNew).then(() => this.#queues.ready(delivery));
  }

  /**
   * Goes on with a send of an earlier life, after those of the same channel that were taken up before.
   *
   * @param knownUnsent whether it is certain that nothing of it has left
   */
  resume(delivery: TrackedDelivery, input: SendChannelMessageCommandInput, knownUnsent: boolean): void {
    const pendingSend = this.#add(delivery, input, () => undefined);
    pendingSend.knownUnsent = knownUnsent;
    if (!knownUnsent) pendingSend.mayHaveArrivedSince = pendingSend.since;
    if (now() >= this.#deadlineOf(pendingSend)) return this.#expire(delivery, pendingSend);
    this.#scheduleDeadline(delivery, pendingSend);
    this.#queues.enqueue(delivery);
  }

  /** What nobody has answered so far, and whether it is certain that nothing of it has left. */
  snapshotUnconfirmed(): { readonly id: string; readonly input: object; readonly knownUnsent: boolean }[] {
    return [...this.#pendingSends].map(([delivery, pendingSend]) => ({
      id: delivery.record.id,
      input: pendingSend.input,
      knownUnsent: !mayBeAccepted(pendingSend),
    }));
  }

  /**
   * An earlier life has begun to send the same, at `at` by the monotonic clock: the service may have it since then,
   * unless that is `knownUnsent`.
   */
  mergeEarlierAttempt(delivery: TrackedDelivery, at: number, knownUnsent: boolean): void {
    const { outbox, timers } = this.#ports;
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    if (!knownUnsent) {
      pendingSend.mayHaveArrivedSince = Math.min(at, pendingSend.mayHaveArrivedSince ?? Infinity);
      pendingSend.mayHaveArrivedBefore = Math.min(
        pendingSend.mayHaveArrivedSince,
        pendingSend.mayHaveArrivedBefore ?? Infinity,
      );
      timers.bringForward(delivery, this.#deadlineOf(pendingSend));
      // The mark is there, and has to go: at once where this has left, before it leaves otherwise.
    } else if (pendingSend.mayHaveArrivedSince !== undefined) void outbox?.clearUnsent(delivery);
  }

  /** What was planned for a message that is not answered yet is due: another try, a mark, or the end of trying. */
  due(delivery: TrackedDelivery): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    if (now() >= this.#deadlineOf(pendingSend)) return this.#expire(delivery, pendingSend);
    if (pendingSend.stage === 'backing-off') return void this.#attempt(delivery, pendingSend);
    this.#markUnsent(delivery, pendingSend);
    this.#scheduleDeadline(delivery, pendingSend);
  }

  /** Tries again, soon, whatever waits for its next try: those of one channel in their order. */
  retrySoon(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    const from = now() + afterMs;
    const latest = new Map<string, number>();
    for (const [delivery, { stage }] of this.#pendingSends) {
      const { channelArn, chimeBearer: own } = delivery.record;
      if (stage !== 'backing-off' || (chimeBearer !== undefined && own !== chimeBearer)) continue;
      const at = latest.get(channelArn) ?? from + this.#ports.random() * withinMs;
      latest.set(channelArn, at + 1);
      this.#ports.timers.bringForward(delivery, at);
    }
  }

  /** The message was answered, forgotten, or given up. */
  stop(delivery: TrackedDelivery): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    this.#pendingSends.delete(delivery);
    pendingSend.unlisten();
    pendingSend.abort.abort();
    this.#queues.remove(delivery);
  }

  /** Nothing leaves any more; of what has not left, the outbox is told so. */
  close(reason: Error): void {
    this.#queues.clear();
    for (const [delivery, pendingSend] of this.#pendingSends) {
      this.#markUnsent(delivery, pendingSend, true);
      pendingSend.unlisten();
      pendingSend.abort.abort(reason);
    }
    this.#pendingSends.clear();
    this.#reports.complete();
  }

  #add(delivery: TrackedDelivery, input: SendChannelMessageCommandInput, unlisten: () => void): PendingSend {
    const pendingSend = createPendingSend(input, delivery.record.trackedAt, unlisten);
    this.#pendingSends.set(delivery, pendingSend);
    return pendingSend;
  }

  /** It is its turn. */
  #begin(delivery: TrackedDelivery): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) this.#queues.remove(delivery);
    else void this.#attempt(delivery, pendingSend);
  }

  async #attempt(delivery: TrackedDelivery, pendingSend: PendingSend): Promise<void> {
    const { timers, http, onForbidden } = this.#ports;
    const { chimeBearer } = delivery.record;
    pendingSend.stage = 'in-flight';
    this.#scheduleDeadline(delivery, pendingSend);
    const result = await http.execute({
      kind: 'send',
      chimeBearer,
      priority: 'send',
      signal: pendingSend.abort.signal,
      command: () => {
        pendingSend.dispatches = 0;
        pendingSend.mayHaveArrivedBefore = pendingSend.mayHaveArrivedSince;
        return new SendChannelMessageCommand(pendingSend.input);
      },
      prepare: () => this.#clearUnsent(delivery, pendingSend),
      onAttempt: () => this.#onDispatch(delivery, pendingSend),
      onAttemptFailed: (failure) => this.#onAttemptFailed(delivery, pendingSend, failure),
    });
    if (this.#pendingSends.get(delivery) !== pendingSend) return;
    const isConflict = !result.ok && result.failure.kind === 'conflict';
    const mayHaveArrived = isConflict ? pendingSend.mayHaveArrivedSince !== undefined : mayBeAccepted(pendingSend);
    const response = parseSendResponse(result, { at: now(), mayHaveArrived, conflicts: pendingSend.conflicts });
    switch (response.kind) {
      case 'evidence':
        if (!result.ok && result.failure.kind === 'forbidden') onForbidden(chimeBearer, result.failure.error);
        // Said to the first request of this message, PENDING is news; to a repeated token it may be the old answer.
        if (pendingSend.mayHaveArrivedBefore === undefined && isPending(response.evidence))
          delivery.lastPendingAt = response.evidence.at;
        return this.#report(delivery, response.evidence);
      case 'credentials':
        // The budget gives no permit until the credentials work again.
        pendingSend.error = response.error;
        return void this.#attempt(delivery, pendingSend);
      case 'retry': {
        pendingSend.error = response.error;
        pendingSend.stage = 'backing-off';
        this.#queues.remove(delivery);
        const delay = isConflict
          ? conflictDelay(pendingSend.conflicts)
          : retryDelay(delivery.attempts, this.#ports.random());
        delivery.attempts += 1;
        if (isConflict) pendingSend.conflicts += 1;
        return timers.set(delivery, Math.min(now() + delay, this.#deadlineOf(pendingSend)));
      }
      case 'aborted':
    }
  }

  /** An attempt may leave: not while the outbox may say that nothing has. Until then, that is true. */
  #clearUnsent(delivery: TrackedDelivery, pendingSend: PendingSend): Promise<void> | undefined {
    const isFree = this.#ports.outbox?.clearUnsent(delivery) ?? true;
    pendingSend.knownUnsent = false;
    if (isFree === true) return undefined;
    return isFree.then((isFreeNow) => {
      if (!isFreeNow) throw new StoreError('removeItem', new Error('It still says that a message has not left.'));
    });
  }

  #onDispatch(delivery: TrackedDelivery, pendingSend: PendingSend): void {
    // The timer of its end may be late: a machine that slept wakes up in the middle of a retry.
    if (now() >= this.#deadlineOf(pendingSend)) return this.#expire(delivery, pendingSend);
    pendingSend.dispatches += 1;
    pendingSend.mayHaveArrivedSince ??= now();
    this.#scheduleDeadline(delivery, pendingSend);
  }

  #onAttemptFailed(delivery: TrackedDelivery, pendingSend: PendingSend, failure: RequestFailure): void {
    if (neverArrived(failure, pendingSend.dispatches))
      pendingSend.mayHaveArrivedSince = pendingSend.mayHaveArrivedBefore;
    // A refusal is an end, or a conflict.
    if (RETRIED_KINDS.has(failure.kind)) this.#markUnsent(delivery, pendingSend);
    this.#scheduleDeadline(delivery, pendingSend);
    // Whoever comes after it does not wait for what may take long.
    this.#queues.remove(delivery);
  }

  /** Marks it, if nothing of it has left. Of a token that is in use that is not certain. */
  #markUnsent(delivery: TrackedDelivery, pendingSend: PendingSend, isLast = false): void {
    if (pendingSend.knownUnsent || mayBeAccepted(pendingSend)) return;
    pendingSend.knownUnsent = this.#ports.outbox?.markUnsent(delivery, isLast) ?? false;
  }

  #cancel(delivery: TrackedDelivery, reason: unknown): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    const kind = mayBeAccepted(pendingSend) ? 'unconfirmed' : 'rejected';
    this.#report(delivery, { kind, at: now(), error: reason });
  }

  #expire(delivery: TrackedDelivery, pendingSend: PendingSend): void {
    const at = now();
    const { error } = pendingSend;
    if (mayBeAccepted(pendingSend)) return this.#report(delivery, { kind: 'unconfirmed', at, error });
    this.#report(delivery, { kind: 'rejected', at, error: new SendExpiredError(this.#ports.rules.expireMs, error) });
  }

  #deadlineOf(pendingSend: PendingSend): number {
    return deadlineOf(pendingSend, this.#ports.rules);
  }

  /** Plans its end, and before that the mark. */
  #scheduleDeadline(delivery: TrackedDelivery, pendingSend: PendingSend): void {
    const { outbox, timers } = this.#ports;
    const isToBeHeld =
      outbox !== undefined && pendingSend.mayHaveArrivedSince === undefined && !pendingSend.knownUnsent;
    const end = this.#deadlineOf(pendingSend);
    timers.set(delivery, isToBeHeld ? Math.min(end, now() + MARK_UNSENT_AFTER_MS) : end);
  }

  #report(delivery: TrackedDelivery, evidence: Evidence): void {
    this.stop(delivery);
    this.#reports.next({ delivery, evidence });
  }
}

function isPending(evidence: Evidence): boolean {
  return evidence.kind === 'accepted' && evidence.status === 'PENDING';
}
