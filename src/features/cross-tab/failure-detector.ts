/** Signs that the locks or the channel of this tab do not do what they should. Each sign alone may have another reason. */
import { monotonicNow } from '../../shared/time.ts';

/** How often the same leader, or any that is not known, is found silent before a tab believes that the others do not hear it. */
const MAX_TIMEOUTS = 2;
/** How long a lock that is taken may keep a tab waiting, in milliseconds: none that works needs as long. */
const LOCK_TIMEOUT_MS = 1_000;
/** Silences that are further back than this, in milliseconds, do not count: a leader may hang more than once in its life. */
const SILENCE_MEMORY_MS = 60_000;
/**
 * How often another tab may say that it leads while this one does. A tab that hung says what is not true any more once, as it
 * wakes; so does the other one. Claims that come together count as one: they may have waited for this tab to wake.
 */
const MOST_CLAIMS = 3;
const TOGETHER_MS = 1_000;
/** Beyond this silence, in milliseconds, it is another matter. */
const RIVAL_GAP_MS = 5_000;
/** How long a tab does not go back to a leader that it has left for another, in milliseconds. */
const RETURN_MS = 1_000;

export class FailureDetector {
  /** When each leader was found silent; '' where none was known. */
  readonly #timeouts = new Map<string, readonly number[]>();
  /** A tab that says that it leads while this one does. */
  #rival: { readonly tab: string; readonly queue: number; readonly heardAt: number } | undefined;
  /** When this tab left a leader for another. */
  readonly #leftAt = new Map<string, number>();

  /**
   * A leader does not answer. Says what does not work, where that is certain.
   *
   * @param takingMs for how long this tab has been taking the lock
   */
  onTimeout(leader: string, takingMs: number): Error | undefined {
    const now = monotonicNow();
    const silences = [...(this.#timeouts.get(leader) ?? []), now].filter((at) => now - at < SILENCE_MEMORY_MS);
    this.#timeouts.set(leader, silences);
    if (takingMs >= LOCK_TIMEOUT_MS) return new Error('The locks do not answer.');
    return silences.length > MAX_TIMEOUTS ? new Error('The tabs do not hear each other.') : undefined;
  }

  /** Another tab has taken the lead, and this one will hear of that in a moment; or the locks tell each that it leads. */
  onRival(tab: string): Error | undefined {
    const now = monotonicNow();
    const before = this.#rival;
    const goesOn = before?.tab === tab && now - before.heardAt < RIVAL_GAP_MS;
    if (goesOn && now - before.heardAt < TOGETHER_MS) return undefined;
    const queue = goesOn ? before.queue + 1 : 1;
    this.#rival = { tab, queue, heardAt: now };
    return queue > MOST_CLAIMS ? new Error('The locks let two tabs lead.') : undefined;
  }

  /**
   * Another tab than the leader says that it leads. Says whether to follow it. Two tabs that both believe to lead both answer
   * each question: a tab that asks again at each change of leader would never come to an end.
   */
  mayChange(from: string, to: string): boolean {
    const now = monotonicNow();
    for (const [tab, at] of this.#leftAt) if (now - at >= RETURN_MS) this.#leftAt.delete(tab);
    if (this.#leftAt.has(to)) return false;
    this.#leftAt.set(from, now);
    return true;
  }

  /** This tab has just begun to lead. */
  onBecameLeader(): void {
    this.#rival = undefined;
  }
}
