/**
 * The stop of one bearer while the credentials are bad: nothing leaves but a lone probe now and then, ever more rarely, and at once
 * when there is a sign that things have changed (a wake-up, a reconnect, a new send). Whether an answer means bad
 * credentials is told by `trouble.ts`; who waits for leave is the budget's.
 */
import { MAX_TIMER_MS, steadyNow } from '../core/time.ts';

const FIRST_PROBE_MS = 1_000;
const MAX_PROBE_MS = 300_000;
/** The time between probes is this part of the time that the suspension has lasted. */
const PROBE_SHARE = 1 / 4;

export interface SuspensionPorts {
  readonly random: () => number;
  /** Called when a probe may leave, and when everything may. */
  readonly onOpening: () => void;
  readonly onSuspended: (error: unknown) => void;
  readonly onResumed: () => void;
}

export class Suspension {
  readonly #ports: SuspensionPorts;
  #since: number | undefined;
  #probe: 'waiting' | 'may-leave' | 'under-way' = 'waiting';
  #probedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(ports: SuspensionPorts) {
    this.#ports = ports;
  }

  /** How many requests may leave now. */
  get allowance(): number {
    if (this.#since === undefined) return Infinity;
    return this.#probe === 'may-leave' ? 1 : 0;
  }

  /** A request leaves. Says whether it is the probe. */
  left(): boolean {
    if (this.#since === undefined) return false;
    this.#probe = 'under-way';
    this.#probedAt = steadyNow();
    return true;
  }

  /** The service answered something that only good credentials get. */
  answered(): void {
    if (this.#since === undefined) return;
    clearTimeout(this.#timer);
    this.#since = undefined;
    this.#ports.onResumed();
    this.#ports.onOpening();
  }

  /** The service, or the provider, said that the credentials are bad. */
  refused(error: unknown): void {
    if (this.#since === undefined) {
      this.#since = steadyNow();
      this.#ports.onSuspended(error);
      this.#plan();
    }
  }

  /** The probe is over without having told anything of the credentials, or with bad news. */
  probed(): void {
    if (this.#since !== undefined) this.#plan();
  }

  /** A sign that things may have changed: probe at once, unless that was just done. */
  hurry(): void {
    if (this.#since === undefined || this.#probe !== 'waiting') return;
    // Either way: where there is only the wall clock, one that was set back must not stop this for as long.
    if (Math.abs(steadyNow() - this.#probedAt) >= FIRST_PROBE_MS) this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    this.#probe = 'waiting';
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const now = steadyNow();
    const lasted = now - (this.#since ?? now);
    const delay = Math.min(MAX_PROBE_MS, MAX_TIMER_MS, Math.max(FIRST_PROBE_MS, lasted * PROBE_SHARE));
    this.#timer = setTimeout(() => this.#open(), delay * (0.5 + this.#ports.random() / 2));
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#probe = 'may-leave';
    this.#ports.onOpening();
  }
}
