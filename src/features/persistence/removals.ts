/**
 * Removes the records of one delivery, the one of the send before all others. What it has to remember of them while a store
 * fails is next to nothing: the key of the send, and one of a few functions for what comes after it.
 */
import type { StoreConnection } from './store-connection.ts';
import { siblingKey, type RecordKind } from './keys.ts';
import type { OnDone } from './desired-values.ts';

export interface RemovalPorts {
  readonly store: StoreConnection;
  readonly base: string;
  /** Whether a record has been written anew meanwhile. */
  readonly isOurs: (key: string) => boolean;
}

export class Removals {
  readonly #ports: RemovalPorts;
  /** By the kinds that they remove. */
  readonly #followUps = new Map<string, OnDone>();

  constructor(ports: RemovalPorts) {
    this.#ports = ports;
  }

  /** @param send the key of the send, which is there if `isThere` */
  add(send: string, isThere: boolean, kinds: readonly RecordKind[], others: readonly string[]): void {
    const sequel = others.length === 0 ? this.#followUpFor(kinds) : this.#removalOf(kinds, others);
    if (isThere) void this.#ports.store.write(send, undefined, sequel);
    else sequel?.(send);
  }

  #followUpFor(kinds: readonly RecordKind[]): OnDone | undefined {
    if (kinds.length === 0) return undefined;
    const name = kinds.join();
    const sequel = this.#followUps.get(name) ?? this.#removalOf(kinds, []);
    this.#followUps.set(name, sequel);
    return sequel;
  }

  #removalOf(kinds: readonly RecordKind[], others: readonly string[]): OnDone {
    const { store, base, isOurs } = this.#ports;
    return (send) => {
      for (const key of [...kinds.map((kind) => siblingKey(base, send, kind)), ...others]) {
        if (!isOurs(key)) void store.write(key, undefined);
      }
    };
  }
}
