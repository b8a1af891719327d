/**
 * One lock that one tab has at a time: whoever has it leads. A tab that ends lets go of it, however it ends; from one that
 * does not answer it can be taken. Who is worth leading is not decided here.
 */
import { monotonicNow } from '../../shared/time.ts';
import type { Locks } from './environment.ts';

export interface LeaderElectionPorts {
  readonly locks: Locks;
  readonly name: string;
  readonly onElected: (taken: boolean) => void;
  /** Another tab has taken the lock; this one waits in the queue again. */
  readonly onLost: () => void;
  /** Locks exist here, and do not work. */
  readonly onUnavailable: (error: unknown) => void;
}

export class LeaderElection {
  readonly #ports: LeaderElectionPorts;
  /** The request that counts; earlier ones are called off. */
  #current: AbortController | undefined;
  #release: (() => void) | undefined;
  /** Since when the lock is being taken. To ask again would let it go as soon as it is had, to another tab. */
  #stealingSince: number | undefined;

  constructor(ports: LeaderElectionPorts) {
    this.#ports = ports;
  }

  get isLeader(): boolean {
    return this.#release !== undefined;
  }

  /** Waits for the lock; at the end of the queue, if it had it. */
  join(): void {
    this.#request(false);
  }

  /** For how long the lock is being taken, in milliseconds. */
  get stealingMs(): number {
    return this.#stealingSince === undefined ? 0 : monotonicNow() - this.#stealingSince;
  }

  /** Takes the lock from whoever has it. */
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
    // A lock that is taken cannot be waited for, nor that called off.
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
