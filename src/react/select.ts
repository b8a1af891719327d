/**
 * Selects the deliveries that pass a filter from one version of the map after the other: the filter runs only on the parts of
 * the map that have changed.
 */
import type { DeliveryState } from '../core/delivery-state.ts';
import { TREE, type Deliveries } from '../core/delivery-map.ts';
import { WIDTH, type Frozen, type Slots } from '../shared/trie.ts';

export type Filter = (state: DeliveryState) => boolean;
export type States = readonly DeliveryState[];

/** @param shown returns the array of the last render, which is returned again if nothing in it changed */
export function selector(filter: Filter | undefined, shown: () => States | undefined): (of: Deliveries) => States {
  const known = new WeakMap<Slots, States>();
  let last: { readonly of: Deliveries; readonly states: States } | undefined;
  const passing = (states: Iterable<DeliveryState | undefined>): States => {
    const passed: DeliveryState[] = [];
    for (const state of states) {
      if (state !== undefined && (filter === undefined || filter(state))) passed.push(state);
    }
    return passed;
  };
  const inTree = (slots: Slots, span: number): States => {
    if (span === 1) return passing(slots as readonly (DeliveryState | undefined)[]);
    const parts: States[] = [];
    for (const slot of slots as readonly (Slots | undefined)[]) if (slot !== undefined) parts.push(part(slot, span));
    return ([] as DeliveryState[]).concat(...parts);
  };
  const part = (slot: Slots, span: number): States => {
    const states = known.get(slot) ?? inTree(slot, span / WIDTH);
    known.set(slot, states);
    return states;
  };
  return (of) => {
    if (last?.of === of) return last.states;
    const tree = (of as { readonly [TREE]?: Frozen })[TREE];
    // A tracker in an app's own tests may emit any map.
    const states = tree === undefined ? passing(of.values()) : inTree(tree.root, tree.span);
    const before = last?.states ?? shown();
    last = { of, states: before !== undefined && isSame(before, states) ? before : states };
    return last.states;
  };
}

function isSame(before: States, after: States): boolean {
  return before.length === after.length && before.every((state, index) => state === after[index]);
}
