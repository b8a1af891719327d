/**
 * The callers that wait for a token, in one FIFO queue per lane. Bottleneck's queue picks the next lane, strictly by
 * priority. A lane that was passed over four times in a row gets the next turn, so that each waiting lane gets at least a
 * fifth of the tokens.
 */
import { abortReason } from '../shared/abort.ts';
import { TrackerClosedError } from '../shared/errors.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import type { Priority } from '../core/ports/http.ts';

/** `departure`: a request that has a permit, and no token when it departs. */
export type Lane = 'departure' | Priority;

const SHARED: readonly Priority[] = ['send', 'reconcile', 'poll'];

const MAX_PASSED = 4;

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

  /** Resolves with the result of `take`, called at the grant; rejects with the signal's reason, and on `close`. */
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

  /** Grants the first waiter of `lane`. Returns the lanes that are due for a turn now; undefined if `lane` is empty. */
  grant(lane: Lane): readonly Priority[] | undefined {
    const waiter = this.#lanes[lane].oldest?.key;
    waiter?.resolve();
    return waiter && SHARED.filter((other) => lane !== 'departure' && this.#pass(other, lane));
  }

  close(): void {
    this.#closed = true;
    for (const lane of Object.values(this.#lanes)) for (const { key } of lane) key.reject(new TrackerClosedError());
  }

  /** Whether `lane` is due for a turn after a grant to `other`. */
  #pass(lane: Priority, other: Lane): boolean {
    const passed = lane === other || this.#lanes[lane].size === 0 ? 0 : this.#passed[lane] + 1;
    this.#passed[lane] = passed % MAX_PASSED;
    return passed === MAX_PASSED;
  }
}
