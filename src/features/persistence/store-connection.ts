/** A tracker's connection to a store that other trackers may share. It ends with the tracker; the write queue goes on. */
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
  /** Whether the record of this key is a delivery of this tracker. */
  readonly owns: (key: string) => boolean;
  /** Takes over the records that another tracker of this process has left; false if this tracker does not recover records. */
  readonly takeOver: () => boolean;
}

/** Open connections to each store. */
const connections = new WeakMap<WriteQueue, Set<StoreConnection>>();

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
    connections.set(this.#queue, (connections.get(this.#queue) ?? new Set()).add(this));
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

  /** Whether the key belongs to another open tracker on the same store object. */
  isElsewhere(key: string): boolean {
    return this.#others().some((peer) => peer.#ports.owns(key));
  }

  keys(ends: Callbacks<readonly unknown[]>): Promise<void> {
    return this.closed ? Promise.resolve() : this.#queue.keys(this.#ports.base, ends);
  }

  read(key: string, ends: Callbacks<unknown>): Promise<void> {
    return this.closed ? Promise.resolve() : this.#queue.read(key, ends);
  }

  /** Like `WriteQueue.write`; after `close` the caller does not wait for the write. */
  write(key: string, value: string | undefined, onDone?: OnDone, mayExist?: boolean): Promise<boolean> {
    const done = this.#queue.write(key, value, onDone, mayExist);
    return this.closed ? Promise.resolve(false) : done;
  }

  isBusyWith(key: string): boolean {
    return this.#queue.isBusyWith(key);
  }

  /** Calls `retry` once, at the next retry of failed operations. */
  onRetry(retry: () => void): void {
    if (this.closed) return;
    this.#retries.push(retry);
    this.#queue.scheduleRetry();
  }

  /** Stops reading, and waits for the pending writes within the time limit of an operation; a later tracker does the rest. */
  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#closing = this.#queue.leave(this);
    connections.get(this.#queue)?.delete(this);
    // Another tracker on the same store object also sees the pending writes.
    this.#others().find((peer) => peer.#ports.takeOver());
    return this.#closing;
  }

  /** The other connections of the same base, on the same store object. */
  #others(): StoreConnection[] {
    const peers = [...(connections.get(this.#queue) ?? [])];
    return peers.filter((peer) => peer !== this && peer.#ports.base === this.#ports.base);
  }

  failed(operation: StoreOperation, cause: unknown): void {
    this.#outages.failed(operation, cause);
  }

  done(operation: StoreOperation): void {
    this.#outages.done(operation);
  }

  retry(): void {
    for (const retry of this.#retries.splice(0)) retry();
  }
}
