/**
 * Whether the leader answers: by question and answer, asked only while something depends on it. Timers of a hidden tab are
 * slow and those of a frozen one stand still, so that one which comes late proves nothing: then it is asked once more.
 */
import { steadyNow } from '../core/time.ts';

export interface VigilPorts {
  /** Whether anything depends on the leader. */
  readonly isNeeded: () => boolean;
  /** `heldUp`: this tab itself stood still, and what it waited for may be on its way. */
  readonly ask: (heldUp: boolean) => void;
  /** It has not answered. */
  readonly onSilence: () => void;
}

const BEAT_MS = 1_500;
/** How long a leader has for an answer, in milliseconds. */
const ANSWER_MS = 1_400;
/** A timer that is later than this, in milliseconds, was held up, and so may the answer have been. */
const HELD_UP_MS = 1_000;

export class Vigil {
  readonly #ports: VigilPorts;
  /** Since when the leader owes an answer. */
  #owedSince: number | undefined;
  #askedTwice = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: VigilPorts) {
    this.#ports = ports;
  }

  /** Something was asked of the leader, or will be. */
  begin(): void {
    this.#owedSince ??= steadyNow();
    this.#arm();
  }

  /** The leader was heard. */
  heard(): void {
    this.#owedSince = undefined;
    this.#askedTwice = false;
  }

  stop(): void {
    this.heard();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    const at = steadyNow() + BEAT_MS;
    this.#timer = setTimeout(() => this.#beat(steadyNow() - at), BEAT_MS);
  }

  #beat(lateMs: number): void {
    this.#timer = undefined;
    const silent = this.#owedSince !== undefined && steadyNow() - this.#owedSince >= ANSWER_MS;
    if (silent && (lateMs < HELD_UP_MS || this.#askedTwice)) return this.#ports.onSilence();
    if (!silent && this.#owedSince === undefined && !this.#ports.isNeeded()) return;
    if (silent) {
      this.#askedTwice = true;
      this.#owedSince = undefined;
    }
    this.#ports.ask(lateMs >= HELD_UP_MS);
    this.begin();
  }
}
