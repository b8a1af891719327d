/**
 * The keys of the records that each tracked delivery has, or is about to have. A delivery has one name in all its keys, and
 * further keys where an earlier session has kept it by another name.
 */
import type { TrackedDelivery } from '../../core/delivery.ts';
import { nameById, nameByIdentity, nameOf, recordKey, siblingKey, type RecordKind } from './keys.ts';

export class DeliveryKeys {
  readonly #base: string;
  /** The deliveries by all keys that are written, or to be written. */
  readonly #owners = new Map<string, TrackedDelivery>();
  /** The name in the keys of a delivery that has records. */
  readonly #names = new WeakMap<TrackedDelivery, string>();
  /** Keys of a delivery with another name: the app tracks a message by MessageId that was persisted by its token. */
  readonly #aliases = new Map<TrackedDelivery, string[]>();

  constructor(base: string) {
    this.#base = base;
  }

  has(key: string): boolean {
    return this.#owners.has(key);
  }

  /** Whether this record, or one beside it, is of this session. A marker is, if a record beside it is: the listing may come late. */
  hasBeside(key: string): boolean {
    return [key, siblingKey(this.#base, key, 'outbox'), siblingKey(this.#base, key, 'accepted')].some((each) =>
      this.#owners.has(each),
    );
  }

  keyFor(delivery: TrackedDelivery, kind: RecordKind): string {
    return recordKey(this.#base, kind, this.#nameFor(delivery));
  }

  /** The delivery has a record with this key. */
  add(delivery: TrackedDelivery, key: string): void {
    this.#names.set(delivery, nameOf(this.#base, key));
    this.#owners.set(key, delivery);
  }

  /** The delivery takes over these keys of a delivery with this id. */
  adopt(delivery: TrackedDelivery, id: string, keys: readonly string[]): void {
    for (const key of keys) this.#owners.set(key, delivery);
    const [key] = keys;
    if (key === undefined) return;
    const name = nameOf(this.#base, key);
    // The name in its records may be one of 0.1.0: further records of the delivery must have the same name.
    if (id === delivery.record.id && !this.#names.has(delivery)) this.#names.set(delivery, name);
    if (name !== this.#nameFor(delivery))
      this.#aliases.set(delivery, [...(this.#aliases.get(delivery) ?? []), ...keys]);
  }

  delete(key: string): void {
    this.#owners.delete(key);
  }

  /** Deletes the keys with another name, and returns them. */
  takeAliases(delivery: TrackedDelivery): readonly string[] {
    const aliases = this.#aliases.get(delivery) ?? [];
    this.#aliases.delete(delivery);
    for (const key of aliases) this.#owners.delete(key);
    return aliases;
  }

  #nameFor(delivery: TrackedDelivery): string {
    const name = nameById(delivery.record.id);
    return this.#names.get(delivery) ?? (this.#isFree(name, delivery) ? name : nameByIdentity(delivery.record));
  }

  /** Whether no other delivery has records of this name: the app may use one id in two channels. */
  #isFree(name: string, delivery: TrackedDelivery): boolean {
    const owners = (['outbox', 'accepted'] as const).map((kind) => this.#owners.get(recordKey(this.#base, kind, name)));
    return owners.every((owner) => owner === undefined || owner === delivery);
  }
}
