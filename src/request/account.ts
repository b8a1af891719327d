/** One bearer's account: who waits for leave, in which order they go, and what is known of the bearer's reservoir. */
import type { Permit, Priority } from '../core/ports.ts';
import { fullPace, type Pace, type RateLimit } from './pace.ts';
import type { Suspension } from './suspension.ts';

const PRIORITIES: readonly Priority[] = ['send', 'reconcile', 'poll'];

/** Somebody who waits for leave. */
export interface Claim {
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: Error) => void;
}

/** One bearer's account. */
export class Account {
  readonly lanes: Record<Priority, Set<Claim>> = { send: new Set(), reconcile: new Set(), poll: new Set() };
  readonly suspension: Suspension;
  pace: Pace;
  /** What Bottleneck last said its reservoir is. Nobody else changes it, so it is what can start at once. */
  reservoir: number;
  /** Leaves given back, less requests made without leave: booked with the next refill. */
  credit = 0;
  /** Leaves that Bottleneck has given and nobody has used: they go out as soon as one may run. */
  drawn = 0;
  running = 0;
  /** When Bottleneck was last asked, by the wall clock. */
  seenAt = 0;
  pumping = false;
  timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: RateLimit, suspension: Suspension) {
    this.suspension = suspension;
    this.pace = fullPace(limit, Date.now());
    this.reservoir = limit.burst;
  }

  get waiting(): number {
    return this.lanes.send.size + this.lanes.reconcile.size + this.lanes.poll.size;
  }

  next(): Claim | undefined {
    for (const priority of PRIORITIES) {
      for (const claim of this.lanes[priority]) {
        this.lanes[priority].delete(claim);
        return claim;
      }
    }
    return undefined;
  }
}
