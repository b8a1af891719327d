/** Signs that the locks or the channel of this tab do not do what they should. Each sign alone may have another reason. */
import { steadyNow } from '../core/time.ts';

/** How often the same leader, or any that is not known, is found silent before a tab believes that the others do not hear it. */
const MOST_SILENCES = 2;
/** How long a lock that is taken may keep a tab waiting, in milliseconds: none that works needs as long. */
const ANSWERED_MS = 1_000;
/** How long another tab may say that it leads until this one hears that it has lost the lead, in milliseconds. */
const RIVAL_MS = 3_000;
/** Beyond this silence, in milliseconds, it is another matter. */
const RIVAL_GAP_MS = 5_000;
/** How long a tab does not go back to a leader that it has left for another, in milliseconds. */
const GO_BACK_MS = 1_000;

export class Doubts {
  /** How often each leader was found silent; '' where none was known. */
  readonly #silences = new Map<string, number>();
  /** A tab that says that it leads while this one does. */
  #rival: { readonly tab: string; readonly since: number; readonly heardAt: number } | undefined;
  /** When this tab left a leader for another. */
  readonly #leftAt = new Map<string, number>();

  /**
   * A leader does not answer. Says what does not work, where that is certain.
   *
   * @param takingMs for how long this tab has been taking the lock
   */
  silence(leader: string, takingMs: number): Error | undefined {
    const silences = (this.#silences.get(leader) ?? 0) + 1;
    this.#silences.set(leader, silences);
    if (takingMs >= ANSWERED_MS) return new Error('The locks do not answer.');
    return silences > MOST_SILENCES ? new Error('The tabs do not hear each other.') : undefined;
  }

  /** Another tab has taken the lead, and this one will hear of that in a moment; or the locks tell each that it leads. */
  rival(tab: string): Error | undefined {
    const now = steadyNow();
    const before = this.#rival;
    const goesOn = before?.tab === tab && now - before.heardAt < RIVAL_GAP_MS;
    const since = goesOn ? before.since : now;
    this.#rival = { tab, since, heardAt: now };
    return now - since >= RIVAL_MS ? new Error('The locks let two tabs lead.') : undefined;
  }

  /**
   * Another tab than the leader says that it leads. Says whether to follow it. Two tabs that both believe to lead both answer
   * each question: a tab that asks again at each change of leader would never come to an end.
   */
  mayChange(from: string, to: string): boolean {
    const now = steadyNow();
    for (const [tab, at] of this.#leftAt) if (now - at >= GO_BACK_MS) this.#leftAt.delete(tab);
    if (this.#leftAt.has(to)) return false;
    this.#leftAt.set(from, now);
    return true;
  }

  /** This tab has just begun to lead. */
  lead(): void {
    this.#rival = undefined;
  }
}
