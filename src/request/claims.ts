/**
 * Who waits for leave, and in which order they go: sends before reconciles before polls, and first come, first served. A lane
 * that others were preferred to four times in a row goes next, so that each gets at least a fifth while it waits.
 */
import { LinkedMap } from '../core/linked-map.ts';
import type { Permit, Priority } from '../core/ports.ts';

const PRIORITIES: readonly Priority[] = ['send', 'reconcile', 'poll'];

const MOST_IN_A_ROW = 4;

/** Somebody who waits. */
export interface Claim {
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: Error) => void;
}

export class Claims {
  readonly #lanes: Record<Priority, LinkedMap<Claim, undefined>> = {
    send: new LinkedMap(),
    reconcile: new LinkedMap(),
    poll: new LinkedMap(),
  };
  /** How often another lane went first while this one waited. */
  readonly #passed: Record<Priority, number> = { send: 0, reconcile: 0, poll: 0 };

  get size(): number {
    return this.#lanes.send.size + this.#lanes.reconcile.size + this.#lanes.poll.size;
  }

  add(claim: Claim, priority: Priority): void {
    this.#lanes[priority].set(claim, undefined);
  }

  delete(claim: Claim, priority: Priority): void {
    this.#lanes[priority].delete(claim);
    if (this.#lanes[priority].size === 0) this.#passed[priority] = 0;
  }

  /** Takes out whoever goes next. */
  next(): Claim | undefined {
    const waiting = PRIORITIES.filter((priority) => this.#lanes[priority].size > 0);
    const priority = waiting.find((each) => this.#passed[each] >= MOST_IN_A_ROW) ?? waiting[0];
    if (priority === undefined) return undefined;
    for (const other of waiting) this.#passed[other] += 1;
    this.#passed[priority] = 0;
    const claim = this.#lanes[priority].oldest?.key;
    if (claim !== undefined) this.delete(claim, priority);
    return claim;
  }
}
