/**
 * The stop of one bearer while the credentials are bad: nothing leaves but a lone probe now and then, ever more rarely,
 * and at once when there is a sign that things have changed (a wake-up, a reconnect, a new send). Whether an answer
 * means bad credentials is told by `classify-error.ts`; who waits for a permit is the budget's.
 */
import { MAX_TIMER_MS, monotonicNow } from '../shared/time.ts';

const FIRST_PROBE_MS = 1_000;
const MAX_PROBE_MS = 300_000;
/** The time between probes is this part of the time that the suspension has lasted. */
const PROBE_SHARE = 1 / 4;

export interface BreakerPorts {
  readonly random: () => number;
  /** Called when a probe may leave, and when everything may. */
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

  /** How many requests may leave now. */
  get allowance(): number {
    if (this.#since === undefined) return Infinity;
    return this.#state === 'half-open' ? 1 : 0;
  }

  /** A request leaves. Says whether it is the probe. */
  onDispatch(): boolean {
    if (this.#since === undefined) return false;
    this.#state = 'probing';
    this.#probedAt = monotonicNow();
    return true;
  }

  /** The service answered something that only good credentials get. */
  onSuccess(): void {
    if (this.#since === undefined) return;
    clearTimeout(this.#timer);
    this.#since = undefined;
    this.#ports.onResumed();
    this.#ports.onProbeAllowed();
  }

  /** The service, or the provider, said that the credentials are bad. */
  onRejected(error: unknown): void {
    if (this.#since === undefined) {
      this.#since = monotonicNow();
      this.#ports.onSuspended(error);
      this.#scheduleProbe();
    }
  }

  /** The probe is over without having told anything of the credentials, or with bad news. */
  onProbeDone(): void {
    if (this.#since !== undefined) this.#scheduleProbe();
  }

  /** A sign that things may have changed: probe at once, unless that was just done. */
  probeNow(): void {
    if (this.#since === undefined || this.#state !== 'open') return;
    // Either way: where there is only the wall clock, one that was set back must not stop this for as long.
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
    const lasted = now - (this.#since ?? now);
    const delay = Math.min(MAX_PROBE_MS, MAX_TIMER_MS, Math.max(FIRST_PROBE_MS, lasted * PROBE_SHARE));
    this.#timer = setTimeout(() => this.#allowProbe(), delay * (0.5 + this.#ports.random() / 2));
  }

  #allowProbe(): void {
    clearTimeout(this.#timer);
    this.#state = 'half-open';
    this.#ports.onProbeAllowed();
  }
}
