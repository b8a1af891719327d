/**
 * One lock that one tab has at a time: whoever has it leads. A tab that ends lets go of it, however it ends; from one that
 * does not answer it can be taken. Who is worth leading is not decided here.
 */
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
  /** The lock is being taken. To ask anew would let it go as soon as it is had, to somebody else. */
  #taking = false;

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

  /** Takes the lock from whoever has it. */
  take(): void {
    if (!this.#taking) this.#ask(true);
  }

  close(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#taking = false;
    this.#release?.();
    this.#release = undefined;
  }

  #ask(steal: boolean): void {
    this.close();
    const { locks, name, onLead, onLost, onUnavailable } = this.#ports;
    const request = new AbortController();
    this.#request = request;
    this.#taking = steal;
    // A lock that is taken cannot be waited for, nor that called off.
    const options = steal ? { steal } : { signal: request.signal };
    const hold = (): Promise<void> | undefined => {
      if (this.#request !== request) return undefined;
      this.#taking = false;
      const held = new Promise<void>((resolve) => (this.#release = resolve));
      onLead(steal);
      return held;
    };
    new Promise((resolve) => resolve(locks.request(name, options, hold))).catch((error: unknown) => {
      if (this.#request !== request) return;
      if (!this.leading) return onUnavailable(error);
      this.#release = undefined;
      onLost();
      this.queue();
    });
  }
}
