/** Detects locks or a channel that do not work. Each sign alone may have another cause, so that several are needed. */
import { monotonicNow } from '../../shared/time.ts';

/** After more timeouts of the same leader, or of an unknown one, the channel counts as broken. */
const MAX_TIMEOUTS = 2;
/** How long the steal of a lock may take, in milliseconds: working locks are much faster. */
const LOCK_TIMEOUT_MS = 1_000;
/** Older timeouts, in milliseconds, do not count: a leader may hang more than once in its life. */
const TIMEOUT_MEMORY_MS = 60_000;
/**
 * How often another tab may claim to lead while this one does. A tab that hung makes one outdated claim when it wakes, and so
 * may the other one. Claims within `TOGETHER_MS` count as one: they may have waited for this tab to wake.
 */
const MAX_CLAIMS = 3;
const TOGETHER_MS = 1_000;
/** After a longer gap, in milliseconds, the claims are counted from one again. */
const RIVAL_GAP_MS = 5_000;
/** How long a tab does not return to a leader that it left for another, in milliseconds. */
const RETURN_MS = 1_000;

export class FailureDetector {
  /** The times of the timeouts of each leader; '' while none was known. */
  readonly #timeouts = new Map<string, readonly number[]>();
  /** A tab that claims to lead while this one does. */
  #rival: { readonly tab: string; readonly claims: number; readonly claimedAt: number } | undefined;
  /** When this tab left a leader for another. */
  readonly #leftAt = new Map<string, number>();

  /**
   * A leader does not answer. Returns an error if the locks or the channel are certain not to work.
   *
   * @param stealingMs for how long this tab has been stealing the lock
   */
  onTimeout(leader: string, stealingMs: number): Error | undefined {
    const now = monotonicNow();
    const timeouts = [...(this.#timeouts.get(leader) ?? []), now].filter((at) => now - at < TIMEOUT_MEMORY_MS);
    this.#timeouts.set(leader, timeouts);
    if (stealingMs >= LOCK_TIMEOUT_MS) return new Error('The locks do not answer.');
    return timeouts.length > MAX_TIMEOUTS ? new Error('The tabs do not receive messages from each other.') : undefined;
  }

  /**
   * Another tab claims to lead. It has stolen the lock, which this tab will learn in a moment; or the locks let both lead, and
   * an error is returned.
   */
  onRival(tab: string): Error | undefined {
    const now = monotonicNow();
    const before = this.#rival;
    const isSame = before?.tab === tab && now - before.claimedAt < RIVAL_GAP_MS;
    if (isSame && now - before.claimedAt < TOGETHER_MS) return undefined;
    const claims = isSame ? before.claims + 1 : 1;
    this.#rival = { tab, claims, claimedAt: now };
    return claims > MAX_CLAIMS ? new Error('The locks let two tabs lead.') : undefined;
  }

  /**
   * A tab other than the leader claims to lead. Returns whether to follow it. If two tabs both claim to lead, both answer each
   * request: a tab that repeats its requests at each change of leader would never stop.
   */
  mayChange(from: string, to: string): boolean {
    const now = monotonicNow();
    for (const [tab, at] of this.#leftAt) if (now - at >= RETURN_MS) this.#leftAt.delete(tab);
    if (this.#leftAt.has(to)) return false;
    this.#leftAt.set(from, now);
    return true;
  }

  /** This tab has just become the leader. */
  onBecameLeader(): void {
    this.#rival = undefined;
  }
}
