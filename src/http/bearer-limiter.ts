/**
 * The permits of one bearer. A permit is a token (`reservoir.ts`) and a place, of which there are `maxConcurrent`:
 * Bottleneck cannot count these, since it frees a place a timer after the job has ended. Whether anything may leave at
 * all, is `credentials-circuit-breaker.ts`.
 */
import type { Permit, Priority } from '../core/ports/http.ts';
import type { RateLimit } from './adaptive-rate.ts';
import { Reservoir } from './reservoir.ts';
import { CredentialsBreaker, type BreakerPorts } from './credentials-circuit-breaker.ts';

export class BearerLimiter {
  readonly breaker: CredentialsBreaker;
  readonly #reservoirTokens: Reservoir;
  #running = 0;

  constructor(limit: RateLimit, ports: Omit<BreakerPorts, 'onProbeAllowed'>) {
    this.breaker = new CredentialsBreaker({
      ...ports,
      onProbeAllowed: () => this.#reservoirTokens.fill(),
      onSuspended: (error) => {
        this.#reservoirTokens.fill();
        ports.onSuspended(error);
      },
    });
    const places = (): number => Math.max(0, Math.min(limit.maxConcurrent - this.#running, this.breaker.allowance));
    this.#reservoirTokens = new Reservoir(limit, places);
  }

  acquire(priority: Priority, signal: AbortSignal | undefined): Promise<Permit> {
    return this.#reservoirTokens.take(priority, signal, () => this.#permit(this.breaker.onDispatch()));
  }

  charge(requests: number): void {
    this.#reservoirTokens.charge(requests);
  }

  onThrottled(retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    return this.#reservoirTokens.throttle(retryAfterMs);
  }

  /** What was saved up is gone: somebody else may just have spent as much. */
  drainTokens(): void {
    this.#reservoirTokens.empty();
  }

  /** Whether it has been idle for so long that a new account would be the same. */
  isIdle(now: number): boolean {
    return this.#running === 0 && this.breaker.allowance === Infinity && this.#reservoirTokens.isAsNew(now);
  }

  /** Refuses everybody who waits, and leaves no timer. */
  close(): void {
    this.breaker.close();
    this.#reservoirTokens.close();
  }

  #permit(probe: boolean): Permit {
    this.#running += 1;
    let isCounted = false;
    const end = (): void => {
      this.#running -= 1;
      if (probe) this.breaker.onProbeDone();
      this.#reservoirTokens.fill();
    };
    const permit: Permit = {
      consume: (signal) => this.#reservoirTokens.beforeDispatch(permit, signal, () => void (isCounted = true)),
      release: () => {
        this.#reservoirTokens.drop(permit);
        end();
      },
      refund: () => {
        if (this.#reservoirTokens.drop(permit) || isCounted) this.#reservoirTokens.giveBack();
        end();
      },
    };
    this.#reservoirTokens.hold(permit);
    return permit;
  }
}
