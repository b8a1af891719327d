/**
 * When to poll a pending delivery again: exponential backoff with some jitter without push, a rare safety poll while push
 * works, and never more often than its age makes sensible. Pure: randomness is passed in.
 */

export interface BackoffOptions {
  /** Before the first poll without push, at most; milliseconds. */
  readonly firstDelayMs: number;
  /** The growth of each further delay. */
  readonly factor: number;
  /** The longest delay of a young message; milliseconds. */
  readonly maxDelayMs: number;
  /** Before the first safety poll while push works; milliseconds. */
  readonly quietMs: number;
  /** After this no poll can tell the outcome; milliseconds. */
  readonly giveUpAfterMs: number;
}

export interface BackoffInput {
  /** Polls since the backoff last began again. */
  readonly attempts: number;
  /** Milliseconds since tracking began. */
  readonly ageMs: number;
  /** Milliseconds since the last poll; Infinity before the first. Default 0. */
  readonly sinceLastPollMs?: number;
  /** Whether push is believed to work. */
  readonly pushUp: boolean;
}

/** In old age the delay is never less than this part of the age: some fifty polls in 48 hours, not thousands. */
const MIN_DELAY_PER_AGE = 0.1;
/** Without push: a young message costs more requests, which old age saves. */
const DEAF_AGE_SHARE = 0.125;
/** A safety poll comes later by up to this part of its delay, never sooner: while push works, a request is a waste. */
const SAFETY_JITTER = 0.05;

/** A delay in old age lies between the floor and its double. */
const OLD_AGE_MEAN = 1.5;

/** Without push a poll comes sooner by up to this part of its delay. More jitter costs requests that find nothing. */
const JITTER = 0.2;

/** More than any delay can grow; times zero it is still zero, as Infinity is not. */
const MAX_GROWTH = 1e15;

/** Milliseconds until the next poll. `random` is in [0, 1). */
export function nextDelay(moment: BackoffInput, polling: BackoffOptions, random: number): number {
  const floor = moment.ageMs * (moment.pushUp ? MIN_DELAY_PER_AGE : DEAF_AGE_SHARE);
  const growth = Math.min(polling.factor ** moment.attempts, MAX_GROWTH);
  if (moment.pushUp) {
    const quiet = Math.max(polling.quietMs, Math.min(polling.quietMs * growth, Math.max(polling.maxDelayMs, floor)));
    return Math.max(quiet, floor) * (1 + SAFETY_JITTER * random);
  }
  const fair = moment.ageMs > 0 ? Math.max(polling.firstDelayMs, fairDelay(moment.ageMs)) : Infinity;
  const ceiling = Math.min(polling.firstDelayMs * growth, polling.maxDelayMs, fair);
  // The floor keeps polls apart: nothing of it is left for an old message that push covered and no poll touched.
  const rest = Math.max(0, floor - (moment.sinceLastPollMs ?? 0));
  // Once the floor has reached the ceiling, a delay lies between the floor and its double.
  return Math.max(ceiling * (1 - JITTER + JITTER * random), rest < ceiling ? rest : rest * (1 + random));
}

/** Jitter shortens a delay by a tenth on average; this factor makes up for it. */
const FAIR = 1.1;
/** What a poll costs, in milliseconds of waiting: with half a second, all costs of the bench `pending` are near their least. */
const POLL_COST_MS = 500;

/** The square-root rule of inspection intervals, for a hazard of one per age. */
function fairDelay(ageMs: number): number {
  return FAIR * Math.sqrt(2 * ageMs * POLL_COST_MS);
}

/** The delay of a poll without push on the average, where nothing was observed: fair, and in old age a share of the age. */
export function usualDelay(ageMs: number): number {
  const [fair, floor] = [fairDelay(ageMs), ageMs * DEAF_AGE_SHARE];
  return floor < fair ? fair : floor * OLD_AGE_MEAN;
}
