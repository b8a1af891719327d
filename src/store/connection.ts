/** One tracker's use of a store, which others may use, too: ends with the tracker, while the operations go on as they must. */
import { StoreError, type StoreOperation } from '../core/errors.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { Ends } from './flights.ts';
import { Operations, type StoreUser } from './operations.ts';
import { Outages } from './outages.ts';
import type { OnDone } from './wishes.ts';

export interface ConnectionPorts {
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
const open = new WeakMap<Operations, Set<Connection>>();

export class Connection implements StoreUser {
  readonly #ports: ConnectionPorts;
  readonly #operations: Operations;
  readonly #outages: Outages;
  #later: (() => void)[] = [];
  #closing: Promise<void> | undefined;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#outages = new Outages((operation, cause) => ports.onOutage(new StoreError(operation, cause)));
    this.#operations = Operations.of(ports.store);
    open.set(this.#operations, (open.get(this.#operations) ?? new Set()).add(this));
    this.#operations.join(this);
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  isDown(operation: StoreOperation): boolean {
    return this.#operations.isDown(operation);
  }

  get hangs(): boolean {
    return this.#operations.hangs;
  }

  /** Whether another open tracker has it, on the same store object. */
  isElsewhere(key: string): boolean {
    return this.#others().some((peer) => peer.#ports.owns(key));
  }

  keys(ends: Ends<readonly unknown[]>): Promise<void> {
    return this.closed ? Promise.resolve() : this.#operations.keys(this.#ports.base, ends);
  }

  read(key: string, ends: Ends<unknown>): Promise<void> {
    return this.closed ? Promise.resolve() : this.#operations.read(key, ends);
  }

  /** As that of the operations; nobody waits for what is written at the end. */
  write(key: string, value: string | undefined, onDone?: OnDone, mayExist?: boolean): Promise<boolean> {
    const done = this.#operations.write(key, value, onDone, mayExist);
    return this.closed ? Promise.resolve(false) : done;
  }

  isBusyWith(key: string): boolean {
    return this.#operations.isBusyWith(key);
  }

  /** Calls `again` when it is time to try anew what failed. */
  later(again: () => void): void {
    if (this.closed) return;
    this.#later.push(again);
    this.#operations.planAgain();
  }

  /** Reads no more, waits for what is under way as long as any operation may take, and leaves the rest to the next one. */
  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#closing = this.#operations.leave(this);
    open.get(this.#operations)?.delete(this);
    // It sees what is still to be written, too.
    this.#others().find((peer) => peer.#ports.takeOver());
    return this.#closing;
  }

  /** Those of the same base, on the same store object. */
  #others(): Connection[] {
    const peers = [...(open.get(this.#operations) ?? [])];
    return peers.filter((peer) => peer !== this && peer.#ports.base === this.#ports.base);
  }

  failed(operation: StoreOperation, cause: unknown): void {
    this.#outages.failed(operation, cause);
  }

  done(operation: StoreOperation): void {
    this.#outages.done(operation);
  }

  again(): void {
    for (const again of this.#later.splice(0)) again();
  }
}
