/**
 * The permits of one bearer. A permit is a token (`reservoir.ts`) and one of `maxConcurrent` slots. Bottleneck cannot
 * count the slots, since it frees a slot in a timer after the job has ended. `credentials-circuit-breaker.ts` decides
 * whether any request may go out.
 */
import type { Permit, Priority } from '../core/ports/http.ts';
import type { RateLimit } from './adaptive-rate.ts';
import { Reservoir } from './reservoir.ts';
import { CredentialsBreaker, type BreakerPorts } from './credentials-circuit-breaker.ts';

export class BearerLimiter {
  readonly breaker: CredentialsBreaker;
  readonly #reservoir: Reservoir;
  #running = 0;

  constructor(limit: RateLimit, ports: Omit<BreakerPorts, 'onProbeAllowed'>) {
    this.breaker = new CredentialsBreaker({
      ...ports,
      onProbeAllowed: () => this.#reservoir.fill(),
      onSuspended: (error) => {
        this.#reservoir.fill();
        ports.onSuspended(error);
      },
    });
    const slots = (): number => Math.max(0, Math.min(limit.maxConcurrent - this.#running, this.breaker.allowance));
    this.#reservoir = new Reservoir(limit, slots);
  }

  acquire(priority: Priority, signal: AbortSignal | undefined): Promise<Permit> {
    return this.#reservoir.take(priority, signal, () => this.#permit(this.breaker.onDispatch()));
  }

  charge(requests: number): void {
    this.#reservoir.charge(requests);
  }

  onThrottled(retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    return this.#reservoir.throttle(retryAfterMs);
  }

  /** Drops the saved tokens: another tab may just have spent as many. */
  drainTokens(): void {
    this.#reservoir.empty();
  }

  get budget(): { requestsPerSecond: number; pausedForMs: number } {
    return this.#reservoir.budget;
  }

  /** Whether it has been idle for so long that it equals a new limiter. */
  isIdle(now: number): boolean {
    return this.#running === 0 && this.breaker.allowance === Infinity && this.#reservoir.isIdle(now);
  }

  /** Rejects all waiters, and leaves no timer. */
  close(): void {
    this.breaker.close();
    this.#reservoir.close();
  }

  #permit(probe: boolean): Permit {
    this.#running += 1;
    let isCounted = false;
    const end = (): void => {
      this.#running -= 1;
      if (probe) this.breaker.onProbeDone();
      this.#reservoir.fill();
    };
    const permit: Permit = {
      consume: (signal) => this.#reservoir.beforeDispatch(permit, signal, () => void (isCounted = true)),
      release: () => {
        this.#reservoir.drop(permit);
        end();
      },
      refund: () => {
        if (this.#reservoir.drop(permit) || isCounted) this.#reservoir.giveBack();
        end();
      },
    };
    this.#reservoir.hold(permit);
    return permit;
  }
}
