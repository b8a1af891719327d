/** Who waits for leave, and in which order they go: sends before reconciles before polls, and first come, first served. */
import type { Permit, Priority } from '../core/ports.ts';

const PRIORITIES: readonly Priority[] = ['send', 'reconcile', 'poll'];

/** Somebody who waits. */
export interface Claim {
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: Error) => void;
}

export class Claims {
  readonly #lanes: Record<Priority, Set<Claim>> = { send: new Set(), reconcile: new Set(), poll: new Set() };

  get size(): number {
    return this.#lanes.send.size + this.#lanes.reconcile.size + this.#lanes.poll.size;
  }

  add(claim: Claim, priority: Priority): void {
    this.#lanes[priority].add(claim);
  }

  delete(claim: Claim, priority: Priority): void {
    this.#lanes[priority].delete(claim);
  }

  /** Takes out whoever goes next. */
  next(): Claim | undefined {
    for (const priority of PRIORITIES) {
      for (const claim of this.#lanes[priority]) {
        this.#lanes[priority].delete(claim);
        return claim;
      }
    }
    return undefined;
  }
}
