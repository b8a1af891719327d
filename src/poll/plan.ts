/**
 * When to look next at one delivery: the pace, the confirmation of a miss, and the deadline, put together with the clock
 * and with what is believed of push. It plans nothing itself: the poller does.
 */
import type { MissingRules } from '../core/decide.ts';
import type { Entry } from '../core/entry.ts';
import type { Listening } from '../core/ports.ts';
import { clampToDeadline } from './deadline.ts';
import { nextDelay } from './pace-of-looks.ts';
import type { PollingOptions } from './polling-options.ts';

export interface PlanRules {
  readonly polling: PollingOptions;
  readonly missing: MissingRules;
  readonly requestTimeoutMs: number;
  readonly listening: Listening;
  readonly random: () => number;
}

/** However a miss is confirmed, not in a tight loop. */
const MIN_CONFIRM_MS = 50;
const CONFIRM_JITTER = 0.1;

export class Plan {
  readonly #rules: PlanRules;

  constructor(rules: PlanRules) {
    this.#rules = rules;
  }

  /** Whether its outcome will be heard: the link is up, and was when it was last known to be pending. */
  isHearable({ known, pendingAt }: Entry): boolean {
    const { listening } = this.#rules;
    const { chimeBearer, trackedAt } = known;
    return listening.isUp(chimeBearer) && Math.max(trackedAt, pendingAt) >= listening.upSince(chimeBearer);
  }

  nextLookAt(entry: Entry): number {
    const { polling, random } = this.#rules;
    const now = Date.now();
    const moment = {
      tries: entry.tries,
      ageMs: Math.max(0, now - entry.known.trackedAt),
      sinceLookMs: entry.triedAt === 0 ? Infinity : Math.max(0, now - entry.triedAt),
      listening: this.isHearable(entry),
    };
    return clampToDeadline(now + nextDelay(moment, polling, random()), now, entry.known, this.#rules);
  }

  /** When a miss can be confirmed, plus a little jitter. */
  confirmAt(entry: Entry): number {
    const { missing, random } = this.#rules;
    const { missedAt, sentAt } = entry.known;
    const now = Date.now();
    const at = Math.max(missedAt + missing.confirmDelayMs, sentAt + missing.minAgeMs, now + MIN_CONFIRM_MS);
    const jitter = random() * CONFIRM_JITTER * missing.confirmDelayMs;
    return clampToDeadline(at + jitter, now, entry.known, this.#rules);
  }
}
