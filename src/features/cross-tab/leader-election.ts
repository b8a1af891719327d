/**
 * Elects the leader by a lock that one tab holds at a time. The platform releases the lock of a tab that ends, however it ends;
 * the lock of a tab that does not answer can be stolen. `tab.ts` decides when to steal.
 */
import { monotonicNow } from '../../shared/time.ts';
import type { Locks } from './environment.ts';

export interface LeaderElectionPorts {
  readonly locks: Locks;
  readonly name: string;
  readonly onElected: (stolen: boolean) => void;
  /** Another tab has stolen the lock; this one waits for it again. */
  readonly onLost: () => void;
  /** The locks exist, but do not work. */
  readonly onUnavailable: (error: unknown) => void;
}

export class LeaderElection {
  readonly #ports: LeaderElectionPorts;
  /** The current request; earlier ones are aborted. */
  #current: AbortController | undefined;
  #release: (() => void) | undefined;
  /** Since when the lock is being stolen. A second request would give the lock away as soon as the first one is granted. */
  #stealingSince: number | undefined;

  constructor(ports: LeaderElectionPorts) {
    this.#ports = ports;
  }

  get isLeader(): boolean {
    return this.#release !== undefined;
  }

  /** Waits for the lock, at the end of the queue. */
  join(): void {
    this.#request(false);
  }

  /** For how long the lock is being stolen, in milliseconds. */
  get stealingMs(): number {
    return this.#stealingSince === undefined ? 0 : monotonicNow() - this.#stealingSince;
  }

  /** Takes the lock from the tab that holds it. */
  steal(): void {
    if (this.#stealingSince === undefined) this.#request(true);
  }

  close(): void {
    this.#current?.abort();
    this.#current = undefined;
    this.#stealingSince = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #request(steal: boolean): void {
    this.close();
    const { locks, name, onElected, onLost, onUnavailable } = this.#ports;
    const request = new AbortController();
    this.#current = request;
    this.#stealingSince = steal ? monotonicNow() : undefined;
    // `steal` excludes a signal: a steal does not wait.
    const options = steal ? { steal } : { signal: request.signal };
    const hold = (): Promise<void> | undefined => {
      if (this.#current !== request) return undefined;
      this.#stealingSince = undefined;
      const held = new Promise<void>((resolve) => (this.#release = resolve));
      onElected(steal);
      return held;
    };
    locks.request(name, options, hold).catch((error: unknown) => {
      if (this.#current !== request) return;
      if (!this.isLeader) return onUnavailable(error);
      this.#release = undefined;
      onLost();
      this.join();
    });
  }
}
