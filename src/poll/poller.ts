/**
 * Follows each pending delivery from one look to the next, until it is settled or its time is up. Who is asked for, and
 * how, is `asking.ts`, whose turn it is `turns.ts`, the time of the next one `plan.ts`, what a look proves `core/decide.ts`.
 */
import { Subject, type Observable } from 'rxjs';
import type { Entry } from '../core/entry.ts';
import type { Evidence } from '../core/evidence.ts';
import { addressKey, type MessageAddress, type MessageIdentity } from '../core/identity.ts';
import type { Known } from '../core/known.ts';
import type { Change, Ledger, Report } from '../core/ledger.ts';
import { isTerminal } from '../core/message.ts';
import type { Elsewhere, Road } from '../core/ports.ts';
import type { Schedule } from '../core/schedule.ts';
import { steadyNow } from '../core/time.ts';
import { Asking, type NotShown, type SharedPages } from './asking.ts';
import { deadlineOf, finalLookGraceMs, overslept } from './deadline.ts';
import { Guests } from './guests.ts';
import type { Finding } from './look.ts';
import type { Allowance } from './page-value.ts';
import { Plan, type PlanRules } from './plan.ts';
import { Rounds, type ReconcileReport } from './rounds.ts';
import { Turns } from './turns.ts';
import type { PollPriority } from './waiting-room.ts';

export interface PollerPorts extends Omit<PlanRules, 'believableAt'> {
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  readonly road: Road;
  /** Who may look in our place, where there is anybody. */
  readonly elsewhere?: Elsewhere | undefined;
  /** Leaves that are asked for at once, per bearer: as many as can run, or as a wake-up after a rest is worth. */
  readonly maxClaims: number;
  readonly rateLimit: Allowance;
  readonly onLook: () => void;
  readonly onForbidden: (chimeBearer: string, error: unknown) => void;
  readonly onUnknownWord: (word: unknown) => void;
  readonly onNoPages: (chimeBearer: string, channelArn: string) => void;
}

/** A look that is taken elsewhere, and of which nothing was heard for so long, in milliseconds, is asked for anew. */
const ASK_AGAIN_MS = 30_000;

/** Polls that are due as push is lost are spread over so many milliseconds, at most. */
const LOST_SPREAD_MS = 400;

export class Poller {
  readonly #ports: PollerPorts;
  readonly #reports = new Subject<Report>();
  readonly reports$: Observable<Report> = this.#reports;
  readonly #rounds = new Rounds();
  /** Deliveries that get one look after their deadline, because the machine slept through it. */
  readonly #final = new Set<Entry>();
  /** Deliveries that are looked at elsewhere. */
  readonly #away = new Map<Entry, PollPriority>();
  readonly #guests = new Guests();
  readonly #turns: Turns;
  readonly #asking: Asking;
  readonly #plan: Plan;

  constructor(ports: PollerPorts) {
    this.#ports = ports;
    this.#plan = new Plan({ ...ports, believableAt: (entry) => ports.ledger.believableAt(entry) });
    this.#turns = new Turns({
      road: ports.road,
      maxClaims: ports.maxClaims,
      onTurn: (entry, priority, permit) => this.#asking.ask(entry, priority, permit),
    });
    const { ledger, road, listening, random, missing, onUnknownWord, onNoPages } = ports;
    this.#asking = new Asking({
      ledger,
      findPending: (messageId, address) => this.#findPending(messageId, address),
      road,
      listening,
      random,
      onUnknownWord,
      onNoPages,
      limit: ports.rateLimit,
      confirmations: missing.confirmations,
      batch: ports.polling.batch,
      turns: this.#turns,
      onRequest: (entries) => this.#rounds.requested(entries),
      shared: this.#sharedPages(),
      onFound: (entry, priority, finding) => this.#found(entry, priority, finding),
    });
  }

  /** A delivery came, went on, or ended. */
  follow(change: Change): void {
    const { entry, before, after } = change;
    this.#plan.learn(change);
    if (isTerminal(after.status)) this.drop(entry);
    else if (after.status === 'PENDING' && before?.status !== 'PENDING') this.#begin(entry);
  }

  /** What was planned for a pending delivery is due. */
  due(entry: Entry, priority: PollPriority = 'poll'): void {
    const now = steadyNow();
    const { polling } = this.#ports;
    if (now < deadlineOf(entry.known, polling)) return this.#wait(entry, priority, now);
    const waits =
      this.#asking.has(entry) || this.#turns.has(entry) || (this.#away.has(entry) && this.#final.has(entry));
    if (waits || !overslept(entry, this.#ports)) {
      return this.#report(entry, { kind: 'deadline', at: now });
    }
    this.#final.add(entry);
    this.#wait(entry, priority, now);
  }

  /** Nothing more is to be learnt of it. */
  drop(entry: Entry): void {
    this.#ports.schedule.clear(entry);
    this.#turns.leave(entry);
    this.#away.delete(entry);
    this.#final.delete(entry);
    this.#asking.drop(entry);
    this.#rounds.answered(entry, isTerminal(entry.known.status));
  }

  /** A look that was taken elsewhere has found this. */
  hear(entry: Entry, evidence: Evidence): void {
    // It is being looked at here, too: that will tell as much.
    if (this.#asking.has(entry) && !(evidence.kind === 'said' && evidence.status !== 'PENDING')) return;
    this.#away.delete(entry);
    this.#turns.leave(entry);
    entry.triedAt = evidence.at;
    this.#conclude(entry, 'reconcile', evidence, true);
  }

  /** Whoever looked in our place has changed, or does so no longer. */
  takeBack(): void {
    const now = steadyNow();
    for (const [entry, priority] of this.#away) this.#wait(entry, priority, now);
  }

  /** Looks at a delivery of another tracker's. */
  host(known: Known, priority: PollPriority): void {
    const now = steadyNow();
    const own = this.#ports.ledger.findMessage(known.messageId ?? '', known);
    if (own?.known.status === 'PENDING') {
      // Its own pace serves the others, too.
      if (priority === 'reconcile' && !this.#asking.has(own)) this.#wait(own, priority, now);
      return;
    }
    const guest = this.#guests.add(known);
    if (guest !== undefined) this.#turns.enter(guest, priority, now);
  }

  /** Nothing more is to be learnt for others: of this message, or of any. */
  dismiss(message?: MessageIdentity): void {
    const guests = message === undefined ? this.#guests.all() : [this.#guests.find(message)];
    for (const guest of guests) {
      if (guest === undefined) continue;
      this.#guests.delete(guest);
      this.#turns.leave(guest);
      this.#asking.drop(guest);
    }
  }

  /** Push can no longer be relied on: the pace begins anew, `afterMs` from now, unless the link only flaps. */
  deafened(chimeBearer: string, afterMs: number, isFlapping = false): void {
    const { schedule, polling } = this.#ports;
    const now = steadyNow();
    const soon: Entry[] = [];
    for (const entry of this.#unasked(chimeBearer)) {
      if (this.#turns.has(entry)) continue;
      if (!isFlapping) entry.tries = 0;
      const at = this.#plan.nextLookAt(entry);
      if (at <= now + polling.firstDelayMs) soon.push(entry);
      else schedule.bringForward(entry, at + afterMs);
    }
    this.#lookSoon(soon, afterMs, Math.min(polling.firstDelayMs, LOST_SPREAD_MS));
  }

  /** Looks at everything pending soon, spread over `withinMs` after `afterMs`. Never makes a look later. */
  hurry(chimeBearer: string | undefined, afterMs: number, withinMs: number): void {
    this.#lookSoon(this.#unasked(chimeBearer), afterMs, withinMs);
  }

  /** Reads a pending edit now: push has told that something has happened to its message. */
  readNow(entry: Entry): void {
    if (entry.known.status === 'PENDING' && !this.#asking.has(entry)) this.#wait(entry, 'reconcile', steadyNow());
  }

  get isReconciling(): boolean {
    return this.#rounds.isUnderWay;
  }

  /** Looks at everything pending now; resolves when each was answered once. Concurrent calls share one run. */
  reconcile(): Promise<ReconcileReport> {
    const now = steadyNow();
    const { report, ask } = this.#rounds.begin(() => this.#pending());
    for (const entry of ask) if (!this.#asking.has(entry)) this.#wait(entry, 'reconcile', now);
    return report;
  }

  close(reason: Error): void {
    this.#turns.close();
    this.#asking.close(reason);
    this.#rounds.close(reason);
    this.#reports.complete();
  }

  /** Our own delivery of this message, or another tracker's that is looked at here. */
  #findPending(messageId: string, address: MessageAddress): Entry | undefined {
    const own = this.#ports.ledger.findMessage(messageId, address);
    if (own?.known.status === 'PENDING' && own.known.messageId === messageId) return own;
    return this.#guests.find({ ...address, messageId, update: false });
  }

  #sharedPages(): SharedPages {
    const { ledger, schedule, polling } = this.#ports;
    return {
      pageAt: (entry) => this.#plan.pageAt(entry),
      waitUntil: (entry, at) => {
        if (!ledger.has(entry) || at >= deadlineOf(entry.known, polling)) return false;
        schedule.set(entry, at);
        return true;
      },
      onPage: (pending, rowsEach) => {
        // The tabs of the others' deliveries plan by themselves.
        const own = pending.filter((entry) => ledger.has(entry) && !this.#turns.has(entry));
        const { at, entries = [] } = this.#plan.sharedLook(own, rowsEach) ?? {};
        for (const entry of entries) if (at !== undefined) schedule.set(entry, at);
      },
    };
  }

  #begin(entry: Entry): void {
    entry.tries = 0;
    this.#rounds.added(entry);
    this.#ports.schedule.set(entry, entry.known.update ? this.#plan.editAt(entry) : this.#plan.nextLookAt(entry));
  }

  *#pending(): Generator<Entry> {
    for (const entry of this.#ports.ledger.open()) if (entry.known.status === 'PENDING') yield entry;
  }

  *#unasked(chimeBearer: string | undefined): Generator<Entry> {
    for (const entry of this.#pending()) {
      if (this.#asking.has(entry) || this.#away.has(entry)) continue;
      if (chimeBearer === undefined || entry.known.chimeBearer === chimeBearer) yield entry;
    }
  }

  #wait(entry: Entry, priority: PollPriority, now: number): void {
    const { schedule, polling } = this.#ports;
    const end = this.#final.has(entry) ? now + finalLookGraceMs(polling) : deadlineOf(entry.known, polling);
    // Edits are read here: what a read shows of one depends on the other edits of this tracker.
    if (!entry.known.update && this.#ports.elsewhere?.ask(entry, priority) === true) {
      this.#away.set(entry, priority);
      return schedule.set(entry, this.#final.has(entry) ? end : Math.min(end, now + ASK_AGAIN_MS));
    }
    this.#away.delete(entry);
    schedule.set(entry, end);
    this.#turns.enter(entry, priority, now);
  }

  #found(entry: Entry, priority: PollPriority, finding: Finding | NotShown): void {
    if (finding.kind === 'evidence') {
      this.#ports.onLook();
      if (!entry.known.update) this.#ports.elsewhere?.found(entry.known, finding.evidence);
    }
    if (this.#guests.has(entry)) {
      if (finding.kind === 'not-shown') this.#turns.enter(entry, priority, steadyNow());
      // The tracker whose it is asks again.
      else this.#guests.delete(entry);
      return;
    }
    // Whoever heard the news of another of the same page may have forgotten it, or closed the tracker.
    if (entry.ended !== undefined || isTerminal(entry.known.status)) return;
    if (finding.kind === 'evidence') return this.#conclude(entry, priority, finding.evidence);
    if (finding.kind !== 'not-shown') this.#rounds.answered(entry, false);
    if (finding.kind === 'refused') {
      if (this.#final.has(entry)) return this.#report(entry, { kind: 'deadline', at: steadyNow() });
      return this.#ports.schedule.set(entry, this.#plan.afterRefusalAt(entry));
    }
    // The budget gives no leave until the credentials work again; then this one goes on where it was.
    this.#wait(entry, priority, steadyNow());
  }

  /** Those of one channel come together where a page may settle them; whoever waits for a turn does so already. */
  #lookSoon(entries: Iterable<Entry>, afterMs: number, withinMs: number): void {
    const { schedule, random } = this.#ports;
    const now = steadyNow();
    for (const channel of byChannel(entries)) {
      const together = this.#asking.gather(channel, withinMs, now);
      const [first] = channel;
      if (together !== undefined && first !== undefined) this.#plan.announcePage(first, now + afterMs + together);
      for (const entry of channel) {
        if (this.#turns.has(entry)) continue;
        schedule.bringForward(entry, now + afterMs + (together ?? random() * withinMs));
      }
    }
  }

  #conclude(entry: Entry, priority: PollPriority, evidence: Evidence, isRemote = false): void {
    const { chimeBearer } = entry.known;
    if (evidence.kind === 'forbidden') this.#ports.onForbidden(chimeBearer, evidence.error);
    const hearable = this.#plan.isHearable(entry);
    // A page that it was not asked for says nothing of its own pace.
    if (priority === 'poll') entry.tries += 1;
    this.#report(entry, evidence);
    if (isTerminal(entry.known.status)) {
      // A safety look has found what push should have told: it happened while the link was up, and nothing was heard. (A
      // reconcile looks at any moment, also at the one before the push arrives; and of an edit a read tells what an event
      // that was heard could not: which of several it was, or whose content a processor has rewritten.)
      const { status, update } = entry.known;
      const missed = hearable && priority === 'poll' && status !== 'UNKNOWN' && !update;
      if (missed) this.#ports.listening.doubt(chimeBearer);
      return;
    }
    this.#rounds.answered(entry, false);
    // Not when the answer came: what it says may be as old as the question.
    if (evidence.kind === 'said' && !isRemote) entry.pendingAt = entry.triedAt;
    if (this.#final.has(entry)) return this.#report(entry, { kind: 'deadline', at: steadyNow() });
    this.#ports.schedule.set(entry, this.#nextAt(entry, evidence));
  }

  #nextAt(entry: Entry, evidence: Evidence): number {
    const { known } = entry;
    const isMiss = evidence.kind === 'missing' || (evidence.kind === 'edit-read' && known.misses > 0);
    if (isMiss) return this.#plan.confirmAt(entry);
    return entry.known.update ? this.#plan.editAt(entry) : this.#plan.nextLookAt(entry);
  }

  #report(entry: Entry, evidence: Evidence): void {
    this.#reports.next({ entry, evidence });
  }
}

/** Grouped by bearer, channel and sub-channel. */
function byChannel(entries: Iterable<Entry>): Iterable<readonly Entry[]> {
  const channels = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = addressKey(entry.known);
    const channel = channels.get(key);
    if (channel === undefined) channels.set(key, [entry]);
    else channel.push(entry);
  }
  return channels.values();
}
