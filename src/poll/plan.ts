/**
 * When to look next at one delivery: what was learnt of its channel, else the backoff; the confirmation of a miss, and the
 * deadline; put together with the clock and with what is believed of push. It plans nothing itself: the poller does.
 */
import type { MissingRules } from '../core/decide.ts';
import type { Entry } from '../core/entry.ts';
import type { Change } from '../core/ledger.ts';
import type { Listening } from '../core/ports.ts';
import { steadyNow } from '../core/time.ts';
import { clampToDeadline, deadlineOf, overslept } from './deadline.ts';
import { ProcessingTimes } from './learning/processing-times.ts';
import { fairDelay, nextDelay, type Moment } from './pace-of-looks.ts';
import { PlanningAllowance } from './planning-allowance.ts';
import type { PollingOptions } from './polling-options.ts';
import { SharedLooks } from './shared-looks.ts';
import { channelKey } from './waiting-room.ts';

export interface PlanRules {
  readonly polling: PollingOptions;
  readonly missing: MissingRules;
  readonly requestTimeoutMs: number;
  readonly listening: Listening;
  readonly random: () => number;
  /** When a missing status of this delivery may be believed at the earliest. */
  readonly believableAt: (entry: Entry) => number;
}

/** However a miss is confirmed, not in a tight loop. */
const MIN_CONFIRM_MS = 50;
const CONFIRM_JITTER = 0.1;
/** Between two tries while both ways of asking are refused, in milliseconds, at least. */
const REFUSED_MS = 15_000;
/** Those that are overdue all at once are spread over so many milliseconds, at most. */
const OVERDUE_MS = 400;
/** A message that was sent just now is no reason for a page just now. */
const MIN_AGE_MS = 100;
/** In the place of chance: neither early nor late. */
const MIDDLE = 0.5;
/** Evidence that tells when the flow was done. */
const LEARNT_BY: ReadonlySet<string> = new Set(['websocket', 'prefetch', 'status', 'list', 'missing']);

export class Plan {
  readonly #rules: PlanRules;
  readonly #times: ProcessingTimes | undefined;
  readonly #shared: SharedLooks;

  constructor(rules: PlanRules) {
    this.#rules = rules;
    this.#shared = new SharedLooks(rules.random);
    const allowance = new PlanningAllowance();
    this.#times = rules.polling.learn ? new ProcessingTimes(() => allowance.take(steadyNow())) : undefined;
  }

  /** Whether its outcome will be heard: the link is up, and was when it was last known to be pending. */
  isHearable({ known, pendingAt }: Entry): boolean {
    const { listening } = this.#rules;
    const { chimeBearer, trackedAt } = known;
    return listening.isUp(chimeBearer) && Math.max(trackedAt, pendingAt) >= listening.upSince(chimeBearer);
  }

  nextLookAt(entry: Entry): number {
    const now = steadyNow();
    const at = clampToDeadline(this.#aloneAt(entry, now), now, entry.known, this.#rules);
    // A look that has taken until now began too early to be the last.
    const isLast = at === deadlineOf(entry.known, this.#rules.polling) && overslept(entry, this.#rules);
    return isLast ? Math.min(at, now + MIN_CONFIRM_MS) : at;
  }

  /** A look at all of these of one channel by one page; undefined: each by itself. */
  sharedLook(
    pending: readonly Entry[],
    rowsEach: number,
  ): { readonly at: number; readonly entries: readonly Entry[] } | undefined {
    const now = steadyNow();
    const waits = new Map<Entry, number>();
    for (const entry of pending) {
      if (entry.known.update || this.isHearable(entry)) continue;
      const ageMs = Math.max(MIN_AGE_MS, now - entry.known.sentAt);
      waits.set(entry, this.#learntWait(entry, now, MIDDLE) ?? fairDelay(ageMs));
    }
    return this.#shared.plan(waits, rowsEach, now);
  }

  /** A page of its channel comes then: who is due before may wait for it. */
  announcePage(entry: Entry, at: number): void {
    this.#shared.announce(entry, at);
  }

  /** When a page of its channel is planned, where that is soon enough to wait for; undefined: it is not. */
  pageAt(entry: Entry): number | undefined {
    return this.#shared.pageAt(entry, steadyNow());
  }

  #aloneAt(entry: Entry, now: number): number {
    const { polling, random } = this.#rules;
    const listening = this.isHearable(entry);
    const learnt = listening ? undefined : this.#learntWait(entry, now, random());
    // Those that are overdue all at once, after a drop, do not come all at once.
    if (learnt !== undefined)
      return now + (learnt > 0 ? learnt : random() * Math.min(polling.firstDelayMs, OVERDUE_MS));
    const moment: Moment = {
      tries: entry.tries,
      ageMs: Math.max(0, now - entry.known.sentAt),
      sinceLookMs: Math.max(0, now - entry.triedAt),
      listening,
    };
    return now + nextDelay(moment, polling, random());
  }

  /** Learns how long the channel's flow took: exactly from push, from a look that it was in between two moments. */
  learn({ entry, before, after }: Change): void {
    const { evidence, settledAt, sentAt, update } = after;
    // What the send's own answer says went through no flow; an edit may be none of its channel's ordinary work.
    if (update || settledAt === undefined || before?.status !== 'PENDING' || !evidence || !LEARNT_BY.has(evidence))
      return;
    const by = evidence === 'missing' && before.misses > 0 ? before.missedAt : settledAt;
    const seenAt = evidence === 'websocket' ? by : Math.max(entry.pendingAt, sentAt);
    this.#times?.observe(channelKey(after), seenAt - sentAt, by - sentAt);
  }

  /** Until the look that is planned by what was learnt; undefined where that says nothing, or was tried without an answer. */
  #learntWait({ known, pendingAt, triedAt }: Entry, now: number, random: number): number | undefined {
    const { sentAt } = known;
    const age = this.#times?.nextLookAge(channelKey(known), Math.max(0, pendingAt - sentAt), random);
    return age === undefined || sentAt + age <= triedAt ? undefined : sentAt + age - now;
  }

  /** When to look again after a miss: as soon as it may be confirmed, plus a little jitter. */
  confirmAt(entry: Entry): number {
    const { missing, random, believableAt } = this.#rules;
    const { misses, missedAt, sentAt, seen } = entry.known;
    const now = steadyNow();
    const ageMs = now - sentAt;
    const believable = misses + 1 < missing.confirmations ? -Infinity : believableAt(entry);
    // A message that was never seen may still become readable: until then it is read at about twice its age each time.
    let next = seen ? believable : Math.min(believable, now + Math.max(missing.confirmDelayMs, ageMs));
    // Missing often enough, and not believed: the second witness does not answer.
    if (misses >= missing.confirmations && now >= believable) next = now + ageMs / 2;
    const at = Math.max(missedAt + missing.confirmDelayMs, next, now + MIN_CONFIRM_MS);
    const jitter = random() * CONFIRM_JITTER * missing.confirmDelayMs;
    return clampToDeadline(at + jitter, now, entry.known, this.#rules);
  }

  /** When to ask again where both ways of asking were refused a moment ago. */
  afterRefusalAt(entry: Entry): number {
    const now = steadyNow();
    return clampToDeadline(now + REFUSED_MS * (1 + this.#rules.random() / 4), now, entry.known, this.#rules);
  }

  /** When to read an edit again: no later than when reading it ends. */
  editAt(entry: Entry): number {
    const { missing } = this.#rules;
    const { seen, sentAt } = entry.known;
    const next = this.nextLookAt(entry);
    if (seen) return next;
    return Math.max(steadyNow() + MIN_CONFIRM_MS, Math.min(next, sentAt + missing.editMs));
  }
}
