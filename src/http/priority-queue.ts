/**
 * Who waits for a token, in lanes: first come, first served within each. Which lane goes next is decided by Bottleneck's queue,
 * strictly by priority. A lane that others were preferred to four times in a row is due for a turn before all others, so that
 * each gets at least a fifth while it waits.
 */
import { abortReason } from '../shared/abort.ts';
import { TrackerClosedError } from '../shared/errors.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import type { Priority } from '../core/ports/http.ts';

/** `departure`: a request that has a permit, and no token when it departs. */
export type Lane = 'departure' | Priority;

const SHARED: readonly Priority[] = ['send', 'reconcile', 'poll'];

const MOST_IN_A_ROW = 4;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class PriorityQueue {
  readonly #lanes = {
    departure: new LinkedMap<Waiter, undefined>(),
    send: new LinkedMap<Waiter, undefined>(),
    reconcile: new LinkedMap<Waiter, undefined>(),
    poll: new LinkedMap<Waiter, undefined>(),
  };
  /** How often another lane went first while this one waited. */
  readonly #passed: Record<Priority, number> = { send: 0, reconcile: 0, poll: 0 };
  #closed = false;

  get size(): number {
    return Object.values(this.#lanes).reduce((sum, { size }) => sum + size, 0);
  }

  sizeOf(lane: Lane): number {
    return this.#lanes[lane].size;
  }

  /** Resolves with what `take` gives, which is called at the grant; rejects with the signal's reason, and on `close`. */
  add<T>(lane: Lane, signal: AbortSignal | undefined, take: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(abortReason(signal));
      if (this.#closed) return reject(new TrackerClosedError());
      const end = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this.#lanes[lane].delete(waiter);
      };
      const waiter: Waiter = {
        resolve: () => {
          end();
          resolve(take());
        },
        reject: (reason) => {
          end();
          reject(reason);
        },
      };
      const onAbort = (): void => waiter.reject(signal && abortReason(signal));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#lanes[lane].add(waiter, undefined);
    });
  }

  /** Grants the first of `lane`, and says which lanes are due for a turn now; undefined where nobody waits in it. */
  grant(lane: Lane): readonly Priority[] | undefined {
    const waiter = this.#lanes[lane].oldest?.key;
    waiter?.resolve();
    return waiter && SHARED.filter((other) => lane !== 'departure' && this.#pass(other, lane));
  }

  close(): void {
    this.#closed = true;
    for (const lane of Object.values(this.#lanes)) for (const { key } of lane) key.reject(new TrackerClosedError());
  }

  /** Whether `lane` is due for a turn, now that one of `other` went. */
  #pass(lane: Priority, other: Lane): boolean {
    const passed = lane === other || this.#lanes[lane].size === 0 ? 0 : this.#passed[lane] + 1;
    this.#passed[lane] = passed % MOST_IN_A_ROW;
    return passed === MOST_IN_A_ROW;
  }
}
