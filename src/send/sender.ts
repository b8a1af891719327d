/**
 * Sends messages and edits: one request token per logical message, the same input and token on every attempt, until the service
 * has given a final answer or the message is too old to be sent again. The HTTP client does the short retries within an
 * attempt, `parse-send-response.ts` parses the response, `channel-queues.ts` orders the sends, and the outbox persists them.
 */
import { Subject, type Observable } from 'rxjs';
import { abortReason } from '../shared/abort.ts';
import type { TrackedDelivery } from '../core/delivery.ts';
import { messageIdOf } from '../core/delivery-record.ts';
import { StoreError } from '../shared/errors.ts';
import type { Evidence } from '../core/evidence.ts';
import type { EvidenceReport } from '../core/delivery-registry.ts';
import type { HttpPort, RequestFailure, FailureKind } from '../core/ports/http.ts';
import type { Outbox } from '../core/ports/outbox.ts';
import type { TimerQueue } from '../core/timer-queue.ts';
import { monotonicNow } from '../shared/time.ts';
import { neverArrived } from './never-sent.ts';
import { ChannelQueues } from './channel-queues.ts';
import { parseSendResponse } from './parse-send-response.ts';
import { commandOf } from './command.ts';
import { conflictDelay, retryDelay } from './backoff.ts';
import { evidenceOfAnswer, evidenceOfCancel, evidenceOfExpiry, isPending } from './send-evidence.ts';
import {
  deadlineOf,
  mayBeAccepted,
  createPendingSend,
  type CommandInput,
  type PendingSend,
  type SendRules,
} from './pending-send.ts';

export type { SendRules };

export interface SenderPorts {
  readonly timers: TimerQueue;
  readonly http: HttpPort;
  readonly rules: SendRules;
  readonly outbox: Outbox | undefined;
  readonly random: () => number;
  /** Whether the flow still processes the message of an edit, or another edit of it: edits are in conflict until then. */
  readonly isProcessing?: (edit: TrackedDelivery) => boolean;
  readonly onForbidden: (kind: 'send' | 'update', chimeBearer: string, error: unknown) => void;
  /** A request of ours was made: a wrapped client must not track it again. */
  readonly onCommand?: (command: object) => void;
}

/** A send that was not dispatched within this time, in milliseconds, is marked as unsent in the outbox. */
const MARK_UNSENT_AFTER_MS = 5_000;

/** A conflict that lasts is tried again after this share of the send's age, at most: its end is usually noticed. */
const CONFLICT_AGE_SHARE = 10;

/** Failures after which a send backs off and is tried again. */
const RETRIED_KINDS: ReadonlySet<FailureKind> = new Set(['unreachable', 'throttled', 'credentials', 'clock-skew']);

const now = monotonicNow;

export class Sender {
  readonly #ports: SenderPorts;
  readonly #reports = new Subject<EvidenceReport>();
  readonly reports$: Observable<EvidenceReport> = this.#reports;
  readonly #pendingSends = new Map<TrackedDelivery, PendingSend>();
  readonly #queues: ChannelQueues;
  /** Edits that wait because of a conflict. */
  readonly #conflicting = new Set<TrackedDelivery>();

  constructor(ports: SenderPorts) {
    this.#ports = ports;
    this.#queues = new ChannelQueues((delivery) => this.#begin(delivery));
  }

  /**
   * Sends `input`, which carries the token, for `delivery`. The signal cancels it until it is answered.
   *
   * @param isNew whether its token was generated just now
   */
  send(delivery: TrackedDelivery, input: CommandInput, signal: AbortSignal | undefined, isNew = true): void {
    const onAbort = (): void => this.#cancel(delivery, signal && abortReason(signal));
    const unlisten = (): void => signal?.removeEventListener('abort', onAbort);
    const pendingSend = this.#add(delivery, input, unlisten);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) return onAbort();
    const { outbox } = this.#ports;
    if (outbox === undefined) return delivery.record.isEdit ? this.#queues.enqueue(delivery) : this.#begin(delivery);
    this.#scheduleDeadline(delivery, pendingSend);
    this.#queues.reserve(delivery);
    void outbox.persist(delivery, isNew).then(() => this.#queues.ready(delivery));
  }

  /**
   * Resumes a send of an earlier session, after those of the same channel that were resumed before.
   *
   * @param knownUnsent whether it is certain that no request for it was dispatched
   */
  resume(delivery: TrackedDelivery, input: CommandInput, knownUnsent: boolean): void {
    const pendingSend = this.#add(delivery, input, () => undefined);
    pendingSend.knownUnsent = knownUnsent;
    if (!knownUnsent) pendingSend.mayHaveArrivedSince = pendingSend.since;
    if (now() >= this.#deadlineOf(pendingSend)) return this.#expire(delivery, pendingSend);
    this.#scheduleDeadline(delivery, pendingSend);
    this.#queues.enqueue(delivery);
  }

  /** The sends without an answer, and whether it is certain that no request for them was dispatched. */
  snapshotUnconfirmed(): { readonly id: string; readonly input: object; readonly knownUnsent: boolean }[] {
    return [...this.#pendingSends].map(([delivery, pendingSend]) => ({
      id: delivery.record.id,
      input: pendingSend.input,
      knownUnsent: !mayBeAccepted(pendingSend),
    }));
  }

  /**
   * Merges an attempt of an earlier session to send the same message, begun at `at` by the monotonic clock: the service
   * may have the message since then, unless `knownUnsent`.
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
      // The mark is in the store: remove it at once if this send was dispatched, and before the dispatch otherwise.
    } else if (pendingSend.mayHaveArrivedSince !== undefined) void outbox?.clearUnsent(delivery);
  }

  /** The timer of a send without an answer has fired: for the next attempt, the unsent mark, or the deadline. */
  due(delivery: TrackedDelivery): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    if (now() >= this.#deadlineOf(pendingSend)) return this.#expire(delivery, pendingSend);
    if (pendingSend.stage === 'backing-off') return void this.#attempt(delivery, pendingSend);
    this.#markUnsent(delivery, pendingSend);
    this.#scheduleDeadline(delivery, pendingSend);
  }

  /** A message or an edit was settled: the edits that were in conflict with it are tried again now. */
  onSettled({ record }: TrackedDelivery): void {
    for (const edit of this.#conflicting)
      if (messageIdOf(edit.record) === messageIdOf(record)) this.#ports.timers.bringForward(edit, now());
  }

  /** Where the send of a delivery is. */
  stageOf(delivery: TrackedDelivery): PendingSend['stage'] | undefined {
    return this.#pendingSends.get(delivery)?.stage;
  }

  /** Whether the service may have the message without having answered. */
  isUnanswered(delivery: TrackedDelivery): boolean {
    const pendingSend = this.#pendingSends.get(delivery);
    return pendingSend !== undefined && mayBeAccepted(pendingSend);
  }

  /** Retries soon the sends that are backing off (of all bearers without `chimeBearer`); one channel's in their order. */
  retrySoon(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    const from = now() + afterMs;
    const nextByChannel = new Map<string, number>();
    for (const [delivery, { stage }] of this.#pendingSends) {
      const { channelArn, chimeBearer: own } = delivery.record;
      if (stage !== 'backing-off' || (chimeBearer !== undefined && own !== chimeBearer)) continue;
      const at = nextByChannel.get(channelArn) ?? from + this.#ports.random() * withinMs;
      nextByChannel.set(channelArn, at + 1);
      this.#ports.timers.bringForward(delivery, at);
    }
  }

  /** Stops sending: the message was answered, forgotten, or abandoned. */
  stop(delivery: TrackedDelivery): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    this.#pendingSends.delete(delivery);
    this.#conflicting.delete(delivery);
    pendingSend.unlisten();
    pendingSend.abort.abort();
    this.#queues.remove(delivery);
  }

  /** Stops all sends, and marks those that were not dispatched as unsent in the outbox. */
  close(reason: Error): void {
    this.#queues.clear();
    for (const [delivery, pendingSend] of this.#pendingSends) {
      this.#markUnsent(delivery, pendingSend, true);
      pendingSend.unlisten();
      pendingSend.abort.abort(reason);
    }
    this.#pendingSends.clear();
    this.#conflicting.clear();
    this.#reports.complete();
  }

  #add(delivery: TrackedDelivery, input: CommandInput, unlisten: () => void): PendingSend {
    const pendingSend = createPendingSend(input, delivery.record, unlisten);
    this.#pendingSends.set(delivery, pendingSend);
    return pendingSend;
  }

  #begin(delivery: TrackedDelivery): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) this.#queues.remove(delivery);
    else void this.#attempt(delivery, pendingSend);
  }

  async #attempt(delivery: TrackedDelivery, pendingSend: PendingSend): Promise<void> {
    const { timers, http, isProcessing, onForbidden, onCommand } = this.#ports;
    const { chimeBearer, isEdit } = delivery.record;
    const kind = isEdit ? 'update' : 'send';
    pendingSend.stage = 'in-flight';
    this.#conflicting.delete(delivery);
    this.#scheduleDeadline(delivery, pendingSend);
    const result = await http.execute({
      kind,
      about: () => [delivery.record.id],
      chimeBearer,
      priority: 'send',
      signal: pendingSend.abort.signal,
      command: () => {
        pendingSend.dispatches = 0;
        pendingSend.mayHaveArrivedBefore = pendingSend.mayHaveArrivedSince;
        const command = commandOf(pendingSend);
        onCommand?.(command);
        return command;
      },
      prepare: () => this.#clearUnsent(delivery, pendingSend),
      onAttempt: () => this.#onDispatch(delivery, pendingSend),
      onAttemptFailed: (failure) => this.#onAttemptFailed(delivery, pendingSend, failure),
    });
    if (this.#pendingSends.get(delivery) !== pendingSend) return;
    const isConflict = !result.ok && result.failure.kind === 'conflict';
    const mayHaveArrived = isConflict ? pendingSend.mayHaveArrivedSince !== undefined : mayBeAccepted(pendingSend);
    const response = parseSendResponse(result, {
      at: now(),
      mayHaveArrived,
      conflicts: pendingSend.conflicts,
      // An attempt of its own that had no answer may be what is processed.
      isProcessing: isConflict && isEdit && (mayHaveArrived || isProcessing?.(delivery) === true),
    });
    switch (response.kind) {
      case 'evidence':
        if (!result.ok && result.failure.kind === 'forbidden') onForbidden(kind, chimeBearer, result.failure.error);
        // PENDING is fresh in the response to the first request; for a repeated token it may be the old response.
        if (pendingSend.mayHaveArrivedBefore === undefined && isPending(response.evidence))
          delivery.lastPendingAt = response.evidence.at;
        return this.#report(delivery, evidenceOfAnswer(response.evidence, pendingSend));
      case 'credentials':
        // The rate limiter grants no permit until the credentials work again.
        pendingSend.error = response.error;
        return void this.#attempt(delivery, pendingSend);
      case 'retry': {
        pendingSend.error = response.error;
        pendingSend.stage = 'backing-off';
        if (!isEdit) this.#queues.remove(delivery);
        else if (isConflict) this.#conflicting.add(delivery);
        const delay = isConflict
          ? Math.max(conflictDelay(pendingSend.conflicts), (now() - pendingSend.since) / CONFLICT_AGE_SHARE)
          : retryDelay(delivery.attempts, this.#ports.random());
        delivery.attempts += 1;
        if (isConflict) pendingSend.conflicts += 1;
        return timers.set(delivery, Math.min(now() + delay, this.#deadlineOf(pendingSend)));
      }
      case 'aborted':
    }
  }

  /** Before a dispatch, removes the unsent mark; undefined if there is none. The attempt fails if it cannot be removed. */
  #clearUnsent(delivery: TrackedDelivery, pendingSend: PendingSend): Promise<void> | undefined {
    const isCleared = this.#ports.outbox?.clearUnsent(delivery) ?? true;
    pendingSend.knownUnsent = false;
    if (isCleared === true) return undefined;
    return isCleared.then((isClearedNow) => {
      if (!isClearedNow) throw new StoreError('removeItem', new Error('A message is still marked as unsent.'));
    });
  }

  #onDispatch(delivery: TrackedDelivery, pendingSend: PendingSend): void {
    // The deadline's timer may be late: a machine that slept may wake up in the middle of a retry.
    if (now() >= this.#deadlineOf(pendingSend)) return this.#expire(delivery, pendingSend);
    pendingSend.dispatches += 1;
    pendingSend.dispatchedAt = now();
    pendingSend.mayHaveArrivedSince ??= now();
    this.#scheduleDeadline(delivery, pendingSend);
  }

  #onAttemptFailed(delivery: TrackedDelivery, pendingSend: PendingSend, failure: RequestFailure): void {
    if (neverArrived(failure, pendingSend.dispatches))
      pendingSend.mayHaveArrivedSince = pendingSend.mayHaveArrivedBefore;
    // After any other failure the send ends, or is in conflict.
    if (RETRIED_KINDS.has(failure.kind)) this.#markUnsent(delivery, pendingSend);
    this.#scheduleDeadline(delivery, pendingSend);
    // The next send of the channel does not wait for the retries, which may take long.
    if (!pendingSend.isEdit) this.#queues.remove(delivery);
  }

  /** Marks it as unsent in the outbox, unless the service may have it. */
  #markUnsent(delivery: TrackedDelivery, pendingSend: PendingSend, isLast = false): void {
    if (pendingSend.knownUnsent || mayBeAccepted(pendingSend)) return;
    pendingSend.knownUnsent = this.#ports.outbox?.markUnsent(delivery, isLast) ?? false;
  }

  #cancel(delivery: TrackedDelivery, reason: unknown): void {
    const pendingSend = this.#pendingSends.get(delivery);
    if (pendingSend === undefined) return;
    this.#report(delivery, evidenceOfCancel(pendingSend, now(), reason));
  }

  #expire(delivery: TrackedDelivery, pendingSend: PendingSend): void {
    this.#report(delivery, evidenceOfExpiry(pendingSend, now(), this.#ports.rules));
  }

  #deadlineOf(pendingSend: PendingSend): number {
    return deadlineOf(pendingSend, this.#ports.rules);
  }

  /** Sets the timer for the deadline, or for the unsent mark before it. */
  #scheduleDeadline(delivery: TrackedDelivery, pendingSend: PendingSend): void {
    const { outbox, timers } = this.#ports;
    const needsMark = outbox !== undefined && pendingSend.mayHaveArrivedSince === undefined && !pendingSend.knownUnsent;
    const deadline = this.#deadlineOf(pendingSend);
    timers.set(delivery, needsMark ? Math.min(deadline, now() + MARK_UNSENT_AFTER_MS) : deadline);
  }

  #report(delivery: TrackedDelivery, evidence: Evidence): void {
    this.stop(delivery);
    this.#reports.next({ delivery, evidence });
  }
}
