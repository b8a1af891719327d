/**
 * Removes the records of a delivery, the outbox record first. While a store fails, a removal takes little memory: the key of
 * the outbox record, and one of a few shared functions for the records after it.
 */
import type { StoreConnection } from './store-connection.ts';
import { siblingKey, type RecordKind } from './keys.ts';
import type { OnDone } from './desired-values.ts';

export interface RemovalPorts {
  readonly store: StoreConnection;
  readonly base: string;
  /** Whether the record was written again meanwhile. */
  readonly isOurs: (key: string) => boolean;
}

export class Removals {
  readonly #ports: RemovalPorts;
  /** By the kinds of records that they remove. */
  readonly #followUps = new Map<string, OnDone>();

  constructor(ports: RemovalPorts) {
    this.#ports = ports;
  }

  /** @param send the key of the outbox record, which exists if `exists`. @param others keys of further records */
  add(send: string, exists: boolean, kinds: readonly RecordKind[], others: readonly string[]): void {
    const followUp = others.length === 0 ? this.#followUpFor(kinds) : this.#removalOf(kinds, others);
    if (exists) void this.#ports.store.write(send, undefined, followUp);
    else followUp?.(send);
  }

  #followUpFor(kinds: readonly RecordKind[]): OnDone | undefined {
    if (kinds.length === 0) return undefined;
    const name = kinds.join();
    const followUp = this.#followUps.get(name) ?? this.#removalOf(kinds, []);
    this.#followUps.set(name, followUp);
    return followUp;
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
