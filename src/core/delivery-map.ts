/**
 * An immutable map of deliveries, and the builder of its versions. A new version costs O(1) for each delivery that changed,
 * and shares the rest with the one before. A version never changes, however late it is read.
 */
import { snapshotOf, type TrackedDelivery } from './delivery.ts';
import type { DeliveryState } from './delivery-state.ts';
import { digestOf } from '../shared/digest.ts';
import { leavesOf, Trie, valueAt, type Frozen } from '../shared/trie.ts';

/** Deliveries by `id`, in the order in which tracking began. */
export type Deliveries = ReadonlyMap<string, DeliveryState>;

/** The key of a map's states as a tree. `Symbol.for`, since a map of another copy of the package has to have it too. */
export const TREE: unique symbol = Symbol.for('chime-delivery.tree');

/** Three levels of the trie. */
const BUCKETS = 32_768;

const bucketOf = (id: string): number => digestOf(id) % BUCKETS;

class Snapshot implements Deliveries {
  readonly #states: Frozen;
  /** The places of the ids of each bucket. */
  readonly #places: Frozen;
  readonly #size: number;

  constructor(states: Frozen, places: Frozen, size: number) {
    this.#states = states;
    this.#places = places;
    this.#size = size;
  }

  get [TREE](): Frozen {
    return this.#states;
  }

  get size(): number {
    return this.#size;
  }

  get(id: string): DeliveryState | undefined {
    const places = valueAt(this.#places, bucketOf(id)) as readonly number[] | undefined;
    for (const place of places ?? []) {
      const state = valueAt(this.#states, place) as DeliveryState;
      if (state.id === id) return state;
    }
    return undefined;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  forEach(callback: (state: DeliveryState, id: string, map: Deliveries) => void, thisArg?: unknown): void {
    for (const state of this.values()) callback.call(thisArg, state, state.id, this);
  }

  *values(): Generator<DeliveryState, undefined> {
    for (const leaf of leavesOf(this.#states) as readonly (readonly (DeliveryState | undefined)[])[])
      for (const state of leaf) if (state !== undefined) yield state;
    return undefined;
  }

  *keys(): Generator<string, undefined> {
    for (const { id } of this.values()) yield id;
    return undefined;
  }

  *entries(): Generator<[string, DeliveryState], undefined> {
    for (const state of this.values()) yield [state.id, state];
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, DeliveryState], undefined> {
    return this.entries();
  }
}

// Not a static block: the Babel preset of React Native has none.
const DeliveryMap = /* @__PURE__ */ likeMap(Snapshot);

/** It is a Map for `instanceof`, test libraries and devtools; methods that would change it throw. */
function likeMap<C extends { readonly prototype: object }>(snapshot: C): C {
  const { prototype } = snapshot;
  Object.setPrototypeOf(prototype, Map.prototype);
  Reflect.deleteProperty(prototype, 'constructor');
  Reflect.set(prototype, Symbol.for('nodejs.util.inspect.custom'), function inspect(this: Deliveries) {
    return new Map(this);
  });
  return snapshot;
}

export class DeliveryMapBuilder {
  readonly #states = new Trie();
  readonly #places = new Trie();
  #size = 0;
  #latest: Deliveries | undefined;

  /** Adds or replaces the current state of `delivery`. */
  put(delivery: TrackedDelivery): void {
    const state = snapshotOf(delivery);
    const before = valueAt(this.#states, delivery.place);
    if (before !== state) this.#set(delivery, state, before === undefined ? [delivery.place] : undefined);
  }

  delete(delivery: TrackedDelivery): void {
    if (valueAt(this.#states, delivery.place) !== undefined) this.#set(delivery, undefined, []);
  }

  /** The current version; the same object while nothing changed. */
  build(): Deliveries {
    return (this.#latest ??= new DeliveryMap(this.#states.freeze(), this.#places.freeze(), this.#size));
  }

  #set(
    { place, record: { id } }: TrackedDelivery,
    state: DeliveryState | undefined,
    added: readonly number[] | undefined,
  ): void {
    this.#latest = undefined;
    this.#states.set(place, state);
    if (added === undefined) return;
    const bucket = bucketOf(id);
    const others = ((valueAt(this.#places, bucket) ?? []) as readonly number[]).filter((each) => each !== place);
    const places = [...others, ...added];
    this.#places.set(bucket, places.length === 0 ? undefined : places);
    this.#size += state === undefined ? -1 : 1;
  }
}
