/** Permits from the budget that all processes share, as a tracker acquires them. While the engine fails, nothing leaves. */
import type { Permit, Priority } from '../core/ports/http.ts';
import { abortReason } from '../shared/abort.ts';
import { onceUntil } from './once-until.ts';
import type { FleetPermits, SharedRate } from './engine.ts';
import { FleetEngineError } from './errors.ts';
import { pause } from './wait.ts';

export interface SharedPermitsPorts {
  readonly permits: FleetPermits;
  readonly rate: SharedRate;
  readonly random: () => number;
  /** Aborted when the process leaves the fleet. */
  readonly ended: AbortSignal;
  readonly onError: (error: Error) => void;
}

/** Milliseconds until the engine is asked again after it has failed. */
const RETRY_MS = 500;

export class SharedPermits {
  readonly #ports: SharedPermitsPorts;
  readonly #report: (error: Error | undefined) => void;
  readonly #waiting = new Set<AbortController>();

  constructor(ports: SharedPermitsPorts) {
    this.#ports = ports;
    this.#report = onceUntil(ports.onError);
    const stopAll = (): void => {
      for (const stop of this.#waiting) stop.abort();
    };
    ports.ended.addEventListener('abort', stopAll, { once: true });
  }

  async acquire(chimeBearer: string, priority: Priority, signal: AbortSignal | undefined): Promise<Permit> {
    const { permits, rate, random, ended } = this.#ports;
    const isOver = (): boolean => ended.aborted || signal?.aborted === true;
    while (!isOver()) {
      let waitMs: number;
      try {
        waitMs = await permits.take(chimeBearer, priority, rate);
        this.#report(undefined);
      } catch (error) {
        this.#report(new FleetEngineError('take a permit', error));
        await this.#pause(RETRY_MS * (0.5 + random()), signal);
        continue;
      }
      if (waitMs <= 0) return this.#permit(chimeBearer);
      // Processes that wait for one bearer do not all try at the same moment.
      await this.#pause(waitMs * (1 + random() / 4), signal);
    }
    throw abortReason(signal?.aborted === true ? signal : ended);
  }

  /** Hundreds may wait at once: they share one listener of the end. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = new AbortController();
    this.#waiting.add(stop);
    await pause(ms, signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]));
    this.#waiting.delete(stop);
  }

  /** The service has answered 429. */
  onThrottled(chimeBearer: string, pauseMs: number): void {
    this.#ports.permits.pause(chimeBearer, pauseMs).then(
      () => this.#report(undefined),
      (error: unknown) => this.#report(new FleetEngineError('pause the budget', error)),
    );
  }

  #permit(chimeBearer: string): Permit {
    const { permits, rate } = this.#ports;
    return {
      release: () => undefined,
      refund: () => {
        permits.refund(chimeBearer, rate).catch((error: unknown) => {
          this.#report(new FleetEngineError('refund a permit', error));
        });
      },
    };
  }
}
