/**
 * One lock that one tab has at a time: whoever has it leads. A tab that ends lets go of it, however it ends; from one that
 * does not answer it can be taken. Who is worth leading is not decided here.
 */
import { steadyNow } from '../core/time.ts';
import type { Locks } from './environment.ts';

export interface ElectionPorts {
  readonly locks: Locks;
  readonly name: string;
  readonly onLead: (taken: boolean) => void;
  /** Another tab has taken the lock; this one waits in the queue again. */
  readonly onLost: () => void;
  /** Locks exist here, and do not work. */
  readonly onUnavailable: (error: unknown) => void;
}

export class Election {
  readonly #ports: ElectionPorts;
  /** The request that counts; earlier ones are called off. */
  #request: AbortController | undefined;
  #release: (() => void) | undefined;
  /** Since when the lock is being taken. To ask again would let it go as soon as it is had, to another tab. */
  #takingSince: number | undefined;

  constructor(ports: ElectionPorts) {
    this.#ports = ports;
  }

  get leading(): boolean {
    return this.#release !== undefined;
  }

  /** Waits for the lock; at the end of the queue, if it had it. */
  queue(): void {
    this.#ask(false);
  }

  /** For how long the lock is being taken, in milliseconds. */
  get takingMs(): number {
    return this.#takingSince === undefined ? 0 : steadyNow() - this.#takingSince;
  }

  /** Takes the lock from whoever has it. */
  take(): void {
    if (this.#takingSince === undefined) this.#ask(true);
  }

  close(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#takingSince = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #ask(steal: boolean): void {
    this.close();
    const { locks, name, onLead, onLost, onUnavailable } = this.#ports;
    const request = new AbortController();
    this.#request = request;
    this.#takingSince = steal ? steadyNow() : undefined;
    // A lock that is taken cannot be waited for, nor that called off.
    const options = steal ? { steal } : { signal: request.signal };
    const hold = (): Promise<void> | undefined => {
      if (this.#request !== request) return undefined;
      this.#takingSince = undefined;
      const held = new Promise<void>((resolve) => (this.#release = resolve));
      onLead(steal);
      return held;
    };
    locks.request(name, options, hold).catch((error: unknown) => {
      if (this.#request !== request) return;
      if (!this.leading) return onUnavailable(error);
      this.#release = undefined;
      onLost();
      this.queue();
    });
  }
}
