/**
 * The permits of one bearer. A permit is a token (`reservoir.ts`) and a place, of which there are `maxConcurrent`: Bottleneck
 * cannot count these, since it frees a place a timer after the job has ended. Whether anything may leave at all, is
 * `suspension.ts`.
 */
import type { Permit, Priority } from '../core/ports.ts';
import type { RateLimit } from './pace.ts';
import { Reservoir } from './reservoir.ts';
import { Suspension, type SuspensionPorts } from './suspension.ts';

export class Account {
  readonly suspension: Suspension;
  readonly #reservoir: Reservoir;
  #running = 0;

  constructor(limit: RateLimit, ports: Omit<SuspensionPorts, 'onOpening'>) {
    this.suspension = new Suspension({
      ...ports,
      onOpening: () => this.#reservoir.fill(),
      onSuspended: (error) => {
        this.#reservoir.fill();
        ports.onSuspended(error);
      },
    });
    const places = (): number => Math.max(0, Math.min(limit.maxConcurrent - this.#running, this.suspension.allowance));
    this.#reservoir = new Reservoir(limit, places);
  }

  acquire(priority: Priority, signal: AbortSignal | undefined): Promise<Permit> {
    return this.#reservoir.take(priority, signal, () => this.#permit(this.suspension.left()));
  }

  charge(requests: number): void {
    this.#reservoir.charge(requests);
  }

  throttle(retryAfterMs: number | undefined): { requestsPerSecond: number; pausedForMs: number } {
    return this.#reservoir.throttle(retryAfterMs);
  }

  /** What was saved up is gone: somebody else may just have spent as much. */
  empty(): void {
    this.#reservoir.empty();
  }

  /** Whether it has been idle for so long that a new account would be the same. */
  isAsNew(now: number): boolean {
    return this.#running === 0 && this.suspension.allowance === Infinity && this.#reservoir.isAsNew(now);
  }

  /** Refuses everybody who waits, and leaves no timer. */
  close(): void {
    this.suspension.close();
    this.#reservoir.close();
  }

  #permit(probe: boolean): Permit {
    this.#running += 1;
    let isCounted = false;
    const end = (): void => {
      this.#running -= 1;
      if (probe) this.suspension.probed();
      this.#reservoir.fill();
    };
    const permit: Permit = {
      depart: (signal) => this.#reservoir.depart(permit, signal, () => void (isCounted = true)),
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
