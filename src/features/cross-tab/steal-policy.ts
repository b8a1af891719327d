/**
 * When a tab steals the lead from a leader that answers: if its own credentials work and the leader's do not, or if it is visible
 * and the leader is not. It has no clock: the time is passed in.
 */

/** What a leader says of itself. */
export interface Leadership {
  readonly hasCredentials: boolean;
  readonly isVisible: boolean;
}

export interface Leader extends Leadership {
  readonly tab: string;
}

/** The least time between two steals of the lead from a leader that answers, in milliseconds. */
const STEAL_AGAIN_MS = 1_000;
/** For how long after joining a tab keeps a hidden leader while the lists of the other tabs are incomplete, in milliseconds. */
const DISCOVERED_MS = 30_000;

export class StealPolicy {
  readonly #joinedAt: number;
  #stoleAt = -Infinity;

  constructor(now: number) {
    this.#joinedAt = now;
  }

  /** @param knowsLists whether this tab knows the lists of the other tabs, which it needs as a leader */
  shouldSteal(leader: Leadership, own: Leadership, knowsLists: boolean, now: number): boolean {
    if (!own.hasCredentials) return false;
    // A hidden leader is slow, but stays until this tab can do its work.
    const isReady = knowsLists || now - this.#joinedAt > DISCOVERED_MS;
    if (leader.hasCredentials && (leader.isVisible || !own.isVisible || !isReady)) return false;
    // If two tabs both claim to lead, this tab must not steal the lead at each of their messages.
    if (now - this.#stoleAt < STEAL_AGAIN_MS) return false;
    this.#stoleAt = now;
    return true;
  }
}
