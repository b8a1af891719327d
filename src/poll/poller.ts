/**
 * Who is looked at when. A delivery that is due waits until the budget has room, and only then is the most urgent one
 * chosen: whoever was settled by push meanwhile is never asked for. One look is `look.ts`, the time of the next one
 * `pace-of-looks.ts`, the end of all looking `deadline.ts`, what a look proves `core/decide.ts`.
 */
import { Subject, type Observable } from 'rxjs';
import type { MissingRules } from '../core/decide.ts';
import type { Entry } from '../core/entry.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Change, Ledger, Report } from '../core/ledger.ts';
import { isTerminal } from '../core/message.ts';
import type { Listening, Permit, RequestKind, Road } from '../core/ports.ts';
import type { Schedule } from '../core/schedule.ts';
import { Access } from './access.ts';
import { clampToDeadline, deadlineOf, finalLookGraceMs, overslept } from './deadline.ts';
import { look, type Finding } from './look.ts';
import { nextDelay, type PollingOptions } from './pace-of-looks.ts';
import { Rounds, type ReconcileReport } from './rounds.ts';
import { WaitingRoom, type PollPriority } from './waiting-room.ts';

export interface PollerPorts {
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  readonly road: Road;
  readonly listening: Listening;
  readonly polling: PollingOptions;
  readonly missing: MissingRules;
  readonly maxConcurrent: number;
  readonly requestTimeoutMs: number;
  readonly random: () => number;
  readonly onLook: () => void;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
  readonly onUnknownWord: (word: unknown) => void;
}

/** A look under way. */
interface Looking {
  readonly abort: AbortController;
}

export class Poller {
  readonly #ports: PollerPorts;
  readonly #reports = new Subject<Report>();
  readonly reports$: Observable<Report> = this.#reports;
  readonly #access = new Access();
  readonly #rounds = new Rounds();
  readonly #waiting = new WaitingRoom();
  readonly #looking = new Map<Entry, Looking>();
  /** Deliveries that get one look after their deadline, because the machine slept through it. */
  readonly #final = new Set<Entry>();
  readonly #claims = new Map<string, number>();
  #closed = false;

  constructor(ports: PollerPorts) {
    this.#ports = ports;
  }

  /** A delivery came, went on, or ended. */
  follow({ entry, before, after }: Change): void {
    if (isTerminal(after.status)) this.drop(entry);
    else if (after.status === 'PENDING' && before?.status !== 'PENDING') this.#begin(entry);
  }

  /** What was planned for a pending delivery is due. */
  due(entry: Entry): void {
    const now = Date.now();
    const { polling } = this.#ports;
    if (now < deadlineOf(entry.known, polling)) return this.#wait(entry, 'poll', now);
    if (this.#looking.has(entry) || this.#waiting.has(entry) || !overslept(entry, this.#ports)) {
      return this.#report(entry, { kind: 'deadline', at: now });
    }
    this.#final.add(entry);
    this.#wait(entry, 'poll', now);
  }

  /** Nothing more is to be learnt of it. */
  drop(entry: Entry): void {
    this.#ports.schedule.clear(entry);
    this.#waiting.leave(entry);
    this.#final.delete(entry);
    this.#looking.get(entry)?.abort.abort();
    this.#looking.delete(entry);
    this.#rounds.answered(entry, isTerminal(entry.known.status));
  }

  /** Push can no longer be relied on: the pace begins anew, `afterMs` from now. */
  deafened(chimeBearer: string, afterMs: number): void {
    for (const entry of this.#idle(chimeBearer)) {
      entry.tries = 0;
      this.#ports.schedule.bringForward(entry, this.#nextLookAt(entry) + afterMs);
    }
  }

  /** Looks at everything pending soon, spread over `withinMs` after `afterMs`. Never makes a look later. */
  hurry(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    const now = Date.now();
    for (const entry of this.#idle(chimeBearer)) {
      this.#ports.schedule.bringForward(entry, now + afterMs + this.#ports.random() * withinMs);
    }
  }

  /** Looks at everything pending now; resolves when each was answered once. */
  reconcile(): Promise<ReconcileReport> {
    const now = Date.now();
    const pending = [...this.#ports.ledger.open()].filter((entry) => entry.known.status === 'PENDING');
    const report = this.#rounds.begin(pending);
    for (const entry of pending) if (!this.#looking.has(entry)) this.#wait(entry, 'reconcile', now);
    return report;
  }

  close(reason: Error): void {
    this.#closed = true;
    for (const { abort } of this.#looking.values()) abort.abort(reason);
    this.#looking.clear();
    this.#rounds.close(reason);
    this.#reports.complete();
  }

  #begin(entry: Entry): void {
    entry.tries = 0;
    this.#ports.schedule.set(entry, this.#nextLookAt(entry));
  }

  *#idle(chimeBearer: string | undefined): Generator<Entry> {
    for (const entry of this.#ports.ledger.open()) {
      if (entry.known.status !== 'PENDING' || this.#waiting.has(entry) || this.#looking.has(entry)) continue;
      if (chimeBearer === undefined || entry.known.chimeBearer === chimeBearer) yield entry;
    }
  }

  #wait(entry: Entry, priority: PollPriority, now: number): void {
    const { schedule, polling } = this.#ports;
    const { chimeBearer } = entry.known;
    const end = this.#final.has(entry) ? now + finalLookGraceMs(polling) : deadlineOf(entry.known, polling);
    schedule.set(entry, end);
    this.#waiting.enter(entry, priority, now);
    this.#claimFor(chimeBearer);
  }

  /** Asks for leave for as many looks as can run at once. Who is looked at is chosen when the leave comes. */
  #claimFor(chimeBearer: string): void {
    const { road, maxConcurrent } = this.#ports;
    for (;;) {
      const claims = this.#claims.get(chimeBearer) ?? 0;
      if (claims >= Math.min(this.#waiting.size(chimeBearer), maxConcurrent)) return;
      this.#claims.set(chimeBearer, claims + 1);
      const leave = road.acquire(chimeBearer, this.#waiting.nextPriority(chimeBearer));
      void leave.then(
        (permit) => this.#use(chimeBearer, permit),
        // The only way in which leave is not given: we are closing.
        () => undefined,
      );
    }
  }

  #use(chimeBearer: string, permit: Permit): void {
    const claims = (this.#claims.get(chimeBearer) ?? 1) - 1;
    if (claims === 0) this.#claims.delete(chimeBearer);
    else this.#claims.set(chimeBearer, claims);
    const next = this.#closed ? undefined : this.#waiting.take(chimeBearer);
    if (next === undefined) permit.refund();
    else void this.#look(next.entry, next.priority, permit);
    this.#claimFor(chimeBearer);
  }

  async #look(entry: Entry, priority: PollPriority, permit: Permit): Promise<void> {
    const { road, missing, onUnknownWord } = this.#ports;
    const looking: Looking = { abort: new AbortController() };
    this.#looking.set(entry, looking);
    entry.triedAt = Date.now();
    this.#ports.onLook();
    const onRequest = (_kind: RequestKind): void => this.#rounds.requested(entry);
    const finding = await look(
      { known: entry.known, priority, permit, signal: looking.abort.signal, onRequest },
      { road, access: this.#access, confirmations: missing.confirmations, onUnknownWord },
    );
    // Settled, forgotten or closed meanwhile: whatever came back is too late to matter.
    if (this.#looking.get(entry) !== looking) return;
    this.#looking.delete(entry);
    this.#settleAccount(entry, priority, finding);
  }

  #settleAccount(entry: Entry, priority: PollPriority, finding: Finding): void {
    if (finding.kind !== 'evidence') {
      // The budget gives no leave until the credentials work again; then this one goes on where it was.
      this.#rounds.answered(entry, false);
      return this.#wait(entry, priority, Date.now());
    }
    const { evidence } = finding;
    const { chimeBearer } = entry.known;
    if (evidence.kind === 'forbidden') this.#ports.onForbidden(chimeBearer, evidence.error);
    const hearable = this.#isHearable(entry);
    entry.tries += 1;
    this.#report(entry, evidence);
    if (isTerminal(entry.known.status)) {
      // A look has found what push should have told: it happened while the link was up, and nothing was heard.
      if (hearable && entry.known.status !== 'UNKNOWN') this.#ports.listening.doubt(chimeBearer);
      return;
    }
    this.#rounds.answered(entry, false);
    if (evidence.kind === 'said') entry.pendingAt = evidence.at;
    if (this.#final.has(entry)) return this.#report(entry, { kind: 'deadline', at: Date.now() });
    const at = evidence.kind === 'missing' ? this.#confirmAt(entry) : this.#nextLookAt(entry);
    this.#ports.schedule.set(entry, at);
  }

  /** Whether its outcome will be heard: the link is up, and was when it was last known to be pending. */
  #isHearable({ known, pendingAt }: Entry): boolean {
    const { listening } = this.#ports;
    const { chimeBearer, trackedAt } = known;
    return listening.isUp(chimeBearer) && Math.max(trackedAt, pendingAt) >= listening.upSince(chimeBearer);
  }

  #nextLookAt(entry: Entry): number {
    const { polling, random } = this.#ports;
    const now = Date.now();
    const moment = {
      tries: entry.tries,
      ageMs: Math.max(0, now - entry.known.trackedAt),
      listening: this.#isHearable(entry),
    };
    return clampToDeadline(now + nextDelay(moment, polling, random()), now, entry.known, this.#ports);
  }

  /** When a miss can be confirmed, plus a little jitter. */
  #confirmAt(entry: Entry): number {
    const { missing, random } = this.#ports;
    const { missedAt, sentAt } = entry.known;
    const now = Date.now();
    const at = Math.max(missedAt + missing.confirmDelayMs, sentAt + missing.minAgeMs, now + MIN_CONFIRM_MS);
    const jitter = random() * CONFIRM_JITTER * missing.confirmDelayMs;
    return clampToDeadline(at + jitter, now, entry.known, this.#ports);
  }

  #report(entry: Entry, evidence: Evidence): void {
    this.#reports.next({ entry, evidence });
  }
}

/** However a miss is confirmed, not in a tight loop. */
const MIN_CONFIRM_MS = 50;
const CONFIRM_JITTER = 0.1;
