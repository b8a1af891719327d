/**
 * Circuit breaker of one bearer for bad credentials. While it is open, only single probes go out, at growing intervals,
 * and one at once on a sign that the credentials may have changed (a wake-up, a reconnect, a new send).
 * `classify-error.ts` decides whether an error means bad credentials; `reservoir.ts` holds the callers that wait.
 */
import { MAX_TIMER_MS, monotonicNow } from '../shared/time.ts';

const FIRST_PROBE_MS = 1_000;
const MAX_PROBE_MS = 300_000;
/** The probe interval as a share of the time since the suspension began. */
const PROBE_SHARE = 1 / 4;

export interface BreakerPorts {
  readonly random: () => number;
  /** Called when a probe may go out, and when all requests may. */
  readonly onProbeAllowed: () => void;
  readonly onSuspended: (error: unknown) => void;
  readonly onResumed: () => void;
}

export class CredentialsBreaker {
  readonly #ports: BreakerPorts;
  #since: number | undefined;
  #state: 'open' | 'half-open' | 'probing' = 'open';
  #probedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(ports: BreakerPorts) {
    this.#ports = ports;
  }

  /** How many requests may go out now. */
  get allowance(): number {
    if (this.#since === undefined) return Infinity;
    return this.#state === 'half-open' ? 1 : 0;
  }

  /** A request is dispatched. Returns whether it is the probe. */
  onDispatch(): boolean {
    if (this.#since === undefined) return false;
    this.#state = 'probing';
    this.#probedAt = monotonicNow();
    return true;
  }

  /** The service gave an answer that it gives only for good credentials. */
  onSuccess(): void {
    if (this.#since === undefined) return;
    clearTimeout(this.#timer);
    this.#since = undefined;
    this.#ports.onResumed();
    this.#ports.onProbeAllowed();
  }

  /** The service rejected the credentials, or the provider failed. */
  onRejected(error: unknown): void {
    if (this.#since === undefined) {
      this.#since = monotonicNow();
      this.#ports.onSuspended(error);
      this.#scheduleProbe();
    }
  }

  /** The probe ended without an answer about the credentials, or with a rejection. */
  onProbeDone(): void {
    if (this.#since !== undefined) this.#scheduleProbe();
  }

  /** Probes at once, unless a probe has just gone out: the credentials may have changed. */
  probeNow(): void {
    if (this.#since === undefined || this.#state !== 'open') return;
    // `Math.abs`: without a monotonic clock, a wall clock that was set back must not delay the probe.
    if (Math.abs(monotonicNow() - this.#probedAt) >= FIRST_PROBE_MS) this.#allowProbe();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #scheduleProbe(): void {
    this.#state = 'open';
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const now = monotonicNow();
    const suspendedMs = now - (this.#since ?? now);
    const delay = Math.min(MAX_PROBE_MS, MAX_TIMER_MS, Math.max(FIRST_PROBE_MS, suspendedMs * PROBE_SHARE));
    this.#timer = setTimeout(() => this.#allowProbe(), delay * (0.5 + this.#ports.random() / 2));
  }

  #allowProbe(): void {
    clearTimeout(this.#timer);
    this.#state = 'half-open';
    this.#ports.onProbeAllowed();
  }
}
