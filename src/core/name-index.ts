/**
 * An index of deliveries by all their names: id, request token and MessageId. Several deliveries may share a name (one token in
 * two channels, a message and its edits); the caller selects one.
 */
import type { TrackedDelivery } from './delivery.ts';
import { messageIdOf, type DeliveryRecord } from './delivery-record.ts';

export class NameIndex implements Iterable<TrackedDelivery> {
  /** Most names belong to one delivery: only the others get an array. */
  readonly #byName = new Map<string, TrackedDelivery | TrackedDelivery[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All deliveries with this name, in the order in which they got it. */
  all(name: string): readonly TrackedDelivery[] {
    const found = this.#byName.get(name);
    if (found === undefined) return NONE;
    return Array.isArray(found) ? found : [found];
  }

  has(delivery: TrackedDelivery): boolean {
    const found = this.#byName.get(delivery.record.id);
    return found === delivery || (Array.isArray(found) && found.includes(delivery));
  }

  add(delivery: TrackedDelivery): void {
    for (const name of namesOf(delivery.record)) this.#insert(name, delivery);
    this.#size += 1;
  }

  /** Adds the names that the delivery has and `before` had not: its MessageId. */
  rename(delivery: TrackedDelivery, before: DeliveryRecord): void {
    const known = namesOf(before);
    for (const name of namesOf(delivery.record)) if (!known.includes(name)) this.#insert(name, delivery);
  }

  delete(delivery: TrackedDelivery): void {
    if (!this.has(delivery)) return;
    for (const name of namesOf(delivery.record)) this.#drop(name, delivery);
    this.#size -= 1;
  }

  /** In the order in which tracking began. */
  *[Symbol.iterator](): Generator<TrackedDelivery> {
    for (const [name, found] of this.#byName) {
      if (!Array.isArray(found)) {
        if (found.record.id === name) yield found;
        continue;
      }
      for (const delivery of found) if (delivery.record.id === name) yield delivery;
    }
  }

  #insert(name: string, delivery: TrackedDelivery): void {
    const found = this.#byName.get(name);
    if (found === undefined) this.#byName.set(name, delivery);
    else if (Array.isArray(found)) found.push(delivery);
    else this.#byName.set(name, [found, delivery]);
  }

  #drop(name: string, delivery: TrackedDelivery): void {
    const rest = this.all(name).filter((each) => each !== delivery);
    const [only] = rest;
    if (only === undefined) this.#byName.delete(name);
    else this.#byName.set(name, rest.length === 1 ? only : rest);
  }
}

const NONE: readonly TrackedDelivery[] = [];

function namesOf(record: DeliveryRecord): readonly string[] {
  const { id, token } = record;
  const messageId = messageIdOf(record);
  const names = [id];
  if (token !== undefined && token !== id) names.push(token);
  if (messageId !== undefined && messageId !== id && messageId !== token) names.push(messageId);
  return names;
}
