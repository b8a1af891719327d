/** One tracker's use of a store, which others may use, too: ends with the tracker, while the operations go on as they must. */
import { StoreError, type StoreOperation } from '../../shared/errors.ts';
import type { DeliveryStore } from '../../core/ports/store.ts';
import type { Callbacks } from './pending-calls.ts';
import { WriteQueue, type StoreUser } from './write-queue.ts';
import { Outages } from './outages.ts';
import type { OnDone } from './desired-values.ts';

export interface StoreConnectionPorts {
  readonly store: DeliveryStore;
  readonly base: string;
  /** Called once per outage of an operation, and at most once a minute for each. */
  readonly onOutage: (error: StoreError) => void;
  /** Whether this tracker has what is kept there. */
  readonly owns: (key: string) => boolean;
  /** Takes over what another tracker of this process has left; false if that is not for this one to do. */
  readonly takeOver: () => boolean;
}

/** Open connections to each store. */
const open = new WeakMap<WriteQueue, Set<StoreConnection>>();

export class StoreConnection implements StoreUser {
  readonly #ports: StoreConnectionPorts;
  readonly #queue: WriteQueue;
  readonly #outages: Outages;
  #retries: (() => void)[] = [];
  #closing: Promise<void> | undefined;

  constructor(ports: StoreConnectionPorts) {
    this.#ports = ports;
    this.#outages = new Outages((operation, cause) => ports.onOutage(new StoreError(operation, cause)));
    this.#queue = WriteQueue.of(ports.store);
    open.set(this.#queue, (open.get(this.#queue) ?? new Set()).add(this));
    this.#queue.join(this);
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  isDown(operation: StoreOperation): boolean {
    return this.#queue.isDown(operation);
  }

  get isStalled(): boolean {
    return this.#queue.isStalled;
  }

  /** Whether another open tracker has it, on the same store object. */
  isElsewhere(key: string): boolean {
    return this.#others().some((peer) => peer.#ports.owns(key));
  }

  keys(ends: Callbacks<readonly unknown[]>): Promise<void> {
    return this.closed ? Promise.resolve() : this.#queue.keys(this.#ports.base, ends);
  }

  read(key: string, ends: Callbacks<unknown>): Promise<void> {
    return this.closed ? Promise.resolve() : this.#queue.read(key, ends);
  }

  /** As that of the operations; nobody waits for what is written at the end. */
  write(key: string, value: string | undefined, onDone?: OnDone, mayExist?: boolean): Promise<boolean> {
    const done = this.#queue.write(key, value, onDone, mayExist);
    return this.closed ? Promise.resolve(false) : done;
  }

  isBusyWith(key: string): boolean {
    return this.#queue.isBusyWith(key);
  }

  /** Calls `retry` when it is time to try anew what failed. */
  onRetry(again: () => void): void {
    if (this.closed) return;
    this.#retries.push(again);
    this.#queue.scheduleRetry();
  }

  /** Reads no more, waits for what is under way as long as any operation may take, and leaves the rest to the next one. */
  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#closing = this.#queue.leave(this);
    open.get(this.#queue)?.delete(this);
    // It sees what is still to be written, too.
    this.#others().find((peer) => peer.#ports.takeOver());
    return this.#closing;
  }

  /** Those of the same base, on the same store object. */
  #others(): StoreConnection[] {
    const peers = [...(open.get(this.#queue) ?? [])];
    return peers.filter((peer) => peer !== this && peer.#ports.base === this.#ports.base);
  }

  failed(operation: StoreOperation, cause: unknown): void {
    this.#outages.failed(operation, cause);
  }

  done(operation: StoreOperation): void {
    this.#outages.done(operation);
  }

  retry(): void {
    for (const again of this.#retries.splice(0)) again();
  }
}
