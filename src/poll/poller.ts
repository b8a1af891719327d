/**
 * Polls each pending delivery again and again until it is settled or its deadline passes. `poll-executor.ts` makes the
 * polls, `poll-dispatcher.ts` says which delivery is next, `poll-schedule.ts` when, and `core/reduce.ts` what a poll proves.
 */
import { Subject, type Observable } from 'rxjs';
import type { TrackedDelivery } from '../core/delivery.ts';
import type { Evidence } from '../core/evidence.ts';
import type { MessageAddress, MessageIdentity } from '../core/identity.ts';
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { Transition, DeliveryRegistry, EvidenceReport } from '../core/delivery-registry.ts';
import { isTerminal } from '../core/status.ts';
import type { HttpPort, PollPriority } from '../core/ports/http.ts';
import type { BatchResult, CreatePollBatcher, PollPlanner } from '../core/ports/poll-batcher.ts';
import type { PollDelegate } from '../core/ports/poll-delegate.ts';
import type { TimerQueue } from '../core/timer-queue.ts';
import { monotonicNow } from '../shared/time.ts';
import { PollExecutor } from './poll-executor.ts';
import { deadlineOf, finalPollGraceMs, missedDeadlinePoll } from './deadline.ts';
import { DelegatedPolls } from './delegated-polls.ts';
import { HostedPolls } from './hosted-polls.ts';
import type { PollResult } from './query-status.ts';
import { PollSchedule, type PollScheduleRules } from './poll-schedule.ts';
import { Reconciles, type ReconcileReport } from './reconcile.ts';
import { PollDispatcher } from './poll-dispatcher.ts';
import { PollSpreader } from './poll-spreader.ts';

export interface PollerPorts extends Omit<PollScheduleRules, 'believableAt'> {
  readonly registry: DeliveryRegistry;
  readonly timers: TimerQueue;
  readonly http: HttpPort;
  /** Another tracker that may poll in our place. */
  readonly pollDelegate?: PollDelegate | undefined;
  /** Permits requested at once, per bearer: as many as can run, or as can be saved up. */
  readonly maxPermits: number;
  /** Makes what polls several deliveries by one request, where batch polling is installed. */
  readonly createBatcher?: CreatePollBatcher | undefined;
  readonly onPoll: () => void;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
  readonly onUnknownStatus: (word: unknown) => void;
  readonly onListForbidden: (chimeBearer: string, channelArn: string) => void;
}

/** A delegated poll without a result for this long, in milliseconds, is requested again. */
const DELEGATE_TIMEOUT_MS = 30_000;

export class Poller {
  readonly #ports: PollerPorts;
  readonly #reports = new Subject<EvidenceReport>();
  readonly reports$: Observable<EvidenceReport> = this.#reports;
  readonly #reconciles = new Reconciles();
  /** Deliveries that get one poll after their deadline, because the machine slept through it. */
  readonly #finalPolls = new Set<TrackedDelivery>();
  readonly #delegated: DelegatedPolls;
  readonly #hosted: HostedPolls;
  readonly #spreader: PollSpreader;
  readonly #dispatcher: PollDispatcher;
  readonly #executor: PollExecutor;
  readonly #pollSchedule: PollSchedule;

  constructor(ports: PollerPorts) {
    this.#ports = ports;
    this.#pollSchedule = new PollSchedule({
      ...ports,
      believableAt: (delivery) => ports.registry.believableAt(delivery),
    });
    this.#dispatcher = new PollDispatcher({
      http: ports.http,
      maxPermits: ports.maxPermits,
      onPermit: (delivery, priority, permit) => this.#executor.poll(delivery, priority, permit),
    });
    const { registry, timers, http, pushStatus, random, missing, polling, onUnknownStatus, onListForbidden } = ports;
    this.#delegated = new DelegatedPolls(ports.pollDelegate);
    this.#hosted = new HostedPolls({ dispatcher: this.#dispatcher, executor: () => this.#executor });
    this.#executor = new PollExecutor({
      registry,
      findPending: (messageId, address) => this.#findPending(messageId, address),
      http,
      pushStatus,
      random,
      onUnknownStatus,
      onListForbidden,
      confirmations: missing.confirmations,
      createBatcher: ports.createBatcher,
      waiting: this.#dispatcher,
      planner: this.#planner(),
      onRequest: (deliveries) => this.#reconciles.onRequest(deliveries),
      onResult: (delivery, priority, result) => this.#onResult(delivery, priority, result),
    });
    this.#spreader = new PollSpreader({
      timers,
      random,
      schedule: this.#pollSchedule,
      dispatcher: this.#dispatcher,
      executor: this.#executor,
      firstDelayMs: polling.firstDelayMs,
    });
  }

  /** A delivery was added, or changed. */
  onTransition(transition: Transition): void {
    const { delivery, before, after } = transition;
    this.#ports.timing?.observe(transition);
    if (isTerminal(after.status)) this.stop(delivery);
    else if (after.status === 'PENDING' && before?.status !== 'PENDING') this.#startPolling(delivery);
  }

  /** The planned poll of a pending delivery is due, or its deadline. */
  due(delivery: TrackedDelivery, priority: PollPriority = 'poll'): void {
    const now = monotonicNow();
    const { polling } = this.#ports;
    if (now < deadlineOf(delivery.record, polling)) return this.#enqueue(delivery, priority, now);
    const waits =
      this.#executor.has(delivery) ||
      this.#dispatcher.has(delivery) ||
      (this.#delegated.has(delivery) && this.#finalPolls.has(delivery));
    if (waits || !missedDeadlinePoll(delivery, this.#ports)) {
      return void this.#report(delivery, { kind: 'deadline', at: now });
    }
    this.#finalPolls.add(delivery);
    this.#enqueue(delivery, priority, now);
  }

  /** It was settled or forgotten: no more polls. */
  stop(delivery: TrackedDelivery): void {
    this.#ports.timers.clear(delivery);
    this.#dispatcher.remove(delivery);
    this.#delegated.delete(delivery);
    this.#finalPolls.delete(delivery);
    this.#executor.drop(delivery);
    this.#reconciles.onAnswered(delivery, isTerminal(delivery.record.status));
  }

  /** Another tracker's poll has this result. */
  onRemoteResult(delivery: TrackedDelivery, evidence: Evidence): void {
    // A poll in flight here will tell as much.
    if (this.#executor.has(delivery) && !(evidence.kind === 'status' && evidence.status !== 'PENDING')) return;
    this.#delegated.delete(delivery);
    this.#dispatcher.remove(delivery);
    delivery.lastAttemptAt = evidence.at;
    this.#apply(delivery, 'reconcile', evidence, true);
  }

  /** The tracker that polled in our place has changed, or stopped. */
  reclaimDelegated(): void {
    const now = monotonicNow();
    for (const [delivery, priority] of this.#delegated.entries()) this.#enqueue(delivery, priority, now);
  }

  /** Polls a delivery of another tracker's. */
  pollFor(record: DeliveryRecord, priority: PollPriority): void {
    const now = monotonicNow();
    const own = this.#ports.registry.findMessage(record.messageId ?? '', record);
    if (own?.record.status === 'PENDING') {
      // The other tracker gets the results of our own polls.
      if (priority === 'reconcile' && !this.#executor.has(own)) this.#enqueue(own, priority, now);
      return;
    }
    this.#hosted.poll(record, priority);
  }

  /** Stops polling this message, or any, for other trackers. */
  stopPollingFor(message?: MessageIdentity): void {
    this.#hosted.stop(message);
  }

  /** Push can no longer be relied on: the backoff begins again, `afterMs` from now, unless the link only flaps. */
  onPushLost(chimeBearer: string, afterMs: number, isFlapping = false): void {
    this.#spreader.onPushLost(this.#idle(chimeBearer), afterMs, isFlapping);
  }

  /** Polls everything pending soon, spread over `withinMs` after `afterMs`. Never makes a poll later. */
  pollSoon(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    this.#spreader.pollSoon(this.#idle(chimeBearer), afterMs, withinMs);
  }

  /** Reads a pending edit now: push has told of a change of its message. */
  readEditNow(delivery: TrackedDelivery): void {
    if (delivery.record.status === 'PENDING' && !this.#executor.has(delivery))
      this.#enqueue(delivery, 'reconcile', monotonicNow());
  }

  /** Where the poll of a pending delivery is; `planned`: its timer is set. */
  stageOf(delivery: TrackedDelivery): 'in-flight' | 'queued' | 'delegated' | 'planned' {
    if (this.#executor.has(delivery)) return 'in-flight';
    if (this.#dispatcher.has(delivery)) return 'queued';
    return this.#delegated.has(delivery) ? 'delegated' : 'planned';
  }

  get isReconciling(): boolean {
    return this.#reconciles.isUnderWay;
  }

  /** Polls everything pending now; resolves when each was answered once. Concurrent calls share one run. */
  reconcile(): Promise<ReconcileReport> {
    const now = monotonicNow();
    const { report, ask } = this.#reconciles.start(() => this.#pending());
    for (const delivery of ask) if (!this.#executor.has(delivery)) this.#enqueue(delivery, 'reconcile', now);
    return report;
  }

  close(reason: Error): void {
    this.#dispatcher.close();
    this.#executor.close(reason);
    this.#reconciles.close(reason);
    this.#reports.complete();
  }

  /** Our own delivery of this message, or another tracker's that is polled here. */
  #findPending(messageId: string, address: MessageAddress): TrackedDelivery | undefined {
    const own = this.#ports.registry.findMessage(messageId, address);
    if (own?.record.status === 'PENDING' && own.record.messageId === messageId) return own;
    return this.#hosted.find({ ...address, messageId, isEdit: false });
  }

  #planner(): PollPlanner {
    const { registry, timers, polling } = this.#ports;
    return {
      // Other trackers plan for their deliveries themselves.
      individualDelay: (delivery) =>
        registry.has(delivery) && !this.#dispatcher.has(delivery)
          ? this.#pollSchedule.individualDelay(delivery)
          : undefined,
      pollAt: (delivery, at) => timers.set(delivery, at),
      postpone: (delivery, at) => {
        if (!registry.has(delivery) || at >= deadlineOf(delivery.record, polling)) return false;
        timers.set(delivery, at);
        return true;
      },
    };
  }

  #startPolling(delivery: TrackedDelivery): void {
    delivery.attempts = 0;
    this.#reconciles.onPending(delivery);
    this.#ports.timers.set(delivery, this.#pollSchedule.nextAt(delivery));
  }

  *#pending(): Generator<TrackedDelivery> {
    for (const delivery of this.#ports.registry.pending()) if (delivery.record.status === 'PENDING') yield delivery;
  }

  *#idle(chimeBearer: string | undefined): Generator<TrackedDelivery> {
    for (const delivery of this.#pending()) {
      if (this.#executor.has(delivery) || this.#delegated.has(delivery)) continue;
      if (chimeBearer === undefined || delivery.record.chimeBearer === chimeBearer) yield delivery;
    }
  }

  #enqueue(delivery: TrackedDelivery, priority: PollPriority, now: number): void {
    const { timers, polling } = this.#ports;
    const end = this.#finalPolls.has(delivery) ? now + finalPollGraceMs(polling) : deadlineOf(delivery.record, polling);
    if (this.#delegated.delegate(delivery, priority)) {
      return timers.set(delivery, this.#finalPolls.has(delivery) ? end : Math.min(end, now + DELEGATE_TIMEOUT_MS));
    }
    timers.set(delivery, end);
    this.#dispatcher.enqueue(delivery, priority, now);
  }

  #onResult(delivery: TrackedDelivery, priority: PollPriority, result: PollResult | BatchResult): void {
    if (result.kind === 'evidence') this.#ports.onPoll();
    this.#delegated.publish(delivery, result);
    if (this.#hosted.has(delivery)) return this.#hosted.onResult(delivery, priority, result);
    // A listener of another result of the same page may have forgotten it, or closed the tracker.
    if (delivery.endError !== undefined || isTerminal(delivery.record.status)) return;
    if (result.kind === 'evidence') return this.#apply(delivery, priority, result.evidence);
    if (result.kind !== 'not-in-page') this.#reconciles.onAnswered(delivery, false);
    if (result.kind === 'forbidden') {
      if (this.#finalPolls.has(delivery)) return void this.#report(delivery, { kind: 'deadline', at: monotonicNow() });
      return this.#ports.timers.set(delivery, this.#pollSchedule.retryForbiddenAt(delivery));
    }
    // No permit is granted until the credentials work again; then its polls go on.
    this.#enqueue(delivery, priority, monotonicNow());
  }

  #apply(delivery: TrackedDelivery, priority: PollPriority, evidence: Evidence, isRemote = false): void {
    const { chimeBearer } = delivery.record;
    if (evidence.kind === 'forbidden') this.#ports.onForbidden(chimeBearer, evidence.error);
    const hearable = this.#pollSchedule.isPushReliable(delivery);
    // A row that was not requested does not count as one of its own polls.
    if (priority === 'poll') delivery.attempts += 1;
    if (!this.#report(delivery, evidence)) {
      // A safety poll has found what push should have told: it happened while the link was up, and no event came.
      // (A reconcile may come just before the push does. A read of an edit may tell what its event could not: which of
      // several edits it was, or that a processor has rewritten its content.)
      const { status, isEdit } = delivery.record;
      const missed = hearable && priority === 'poll' && status !== 'UNKNOWN' && !isEdit;
      if (missed) this.#ports.pushStatus.markHalfOpen(chimeBearer);
      return;
    }
    this.#reconciles.onAnswered(delivery, false);
    // Not when the response came: it may be as old as the request.
    if (evidence.kind === 'status' && !isRemote) delivery.lastPendingAt = delivery.lastAttemptAt;
    if (this.#finalPolls.has(delivery)) return void this.#report(delivery, { kind: 'deadline', at: monotonicNow() });
    this.#ports.timers.set(delivery, this.#pollSchedule.nextAt(delivery, evidence));
  }

  /**
   * Reports evidence. The subscriber of `reports$` applies it at once, so that before this returns, `onTransition` has been
   * called on this object, the delivery may have a new record, and listeners of the app may have called anything.
   *
   * @returns whether the delivery is still pending
   */
  #report(delivery: TrackedDelivery, evidence: Evidence): boolean {
    this.#reports.next({ delivery, evidence });
    return !isTerminal(delivery.record.status);
  }
}
