/**
 * Whether the leader answers: by question and answer, asked only while something depends on it. Timers of a hidden tab are
 * slow and those of a frozen one stand still, so that one which comes late proves nothing: then it is asked once more.
 */
import { monotonicNow } from '../../shared/time.ts';

export interface HeartbeatPorts {
  /** Whether anything depends on the leader. */
  readonly isNeeded: () => boolean;
  /** `heldUp`: this tab itself stood still, and what it waited for may be on its way. */
  readonly delegate: (heldUp: boolean) => void;
  /** It has not answered. */
  readonly onTimeout: () => void;
}

const INTERVAL_MS = 1_500;
/** How long a leader has for an answer, in milliseconds. */
const TIMEOUT_MS = 1_400;
/** A timer that is later than this, in milliseconds, was held up, and so may the answer have been. */
const LATE_TIMER_MS = 1_000;

export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  /** Since when the leader owes an answer. */
  #owedSince: number | undefined;
  #pingedTwice = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  /** Something was asked of the leader, or will be. */
  expect(): void {
    this.#owedSince ??= monotonicNow();
    this.#arm();
  }

  /** The leader was heard. */
  received(): void {
    this.#owedSince = undefined;
    this.#pingedTwice = false;
  }

  stop(): void {
    this.received();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    const at = monotonicNow() + INTERVAL_MS;
    this.#timer = setTimeout(() => this.#beat(monotonicNow() - at), INTERVAL_MS);
  }

  #beat(lateMs: number): void {
    this.#timer = undefined;
    const silent = this.#owedSince !== undefined && monotonicNow() - this.#owedSince >= TIMEOUT_MS;
    if (silent && (lateMs < LATE_TIMER_MS || this.#pingedTwice)) return this.#ports.onTimeout();
    if (!silent && this.#owedSince === undefined && !this.#ports.isNeeded()) return;
    if (silent) {
      this.#pingedTwice = true;
      this.#owedSince = undefined;
    }
    this.#ports.delegate(lateMs >= LATE_TIMER_MS);
    this.expect();
  }
}
