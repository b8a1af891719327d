/**
 * Detects a leader that does not answer: pings it while this tab depends on it. Timers are slow in a hidden tab and stop in a
 * frozen one, so that a late timer proves nothing: the leader is then pinged once more.
 */
import { monotonicNow } from '../../shared/time.ts';

export interface HeartbeatPorts {
  /** Whether this tab depends on the leader. */
  readonly isNeeded: () => boolean;
  /** Pings the leader. `wasSuspended`: this tab itself stood still, and the leader's messages may still be in its queue. */
  readonly ping: (wasSuspended: boolean) => void;
  /** The leader has not answered. */
  readonly onTimeout: () => void;
}

const INTERVAL_MS = 1_500;
/** How long the leader may take to answer, in milliseconds. */
const TIMEOUT_MS = 1_400;
/** If a timer is later than this, in milliseconds, the tab was suspended, and the answer may be late as well. */
const LATE_TIMER_MS = 1_000;

export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  /** Since when an answer of the leader is expected. */
  #expectedSince: number | undefined;
  #pingedTwice = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  /** Expects an answer of the leader from now on. */
  expect(): void {
    this.#expectedSince ??= monotonicNow();
    this.#arm();
  }

  /** A message of the leader has arrived. */
  received(): void {
    this.#expectedSince = undefined;
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
    const isTimeout = this.#expectedSince !== undefined && monotonicNow() - this.#expectedSince >= TIMEOUT_MS;
    if (isTimeout && (lateMs < LATE_TIMER_MS || this.#pingedTwice)) return this.#ports.onTimeout();
    if (!isTimeout && this.#expectedSince === undefined && !this.#ports.isNeeded()) return;
    if (isTimeout) {
      this.#pingedTwice = true;
      this.#expectedSince = undefined;
    }
    this.#ports.ping(lateMs >= LATE_TIMER_MS);
    this.expect();
  }
}
