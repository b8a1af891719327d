// What outlives a crash on a device, and the store of each session on it: as slow, broken or hung as the conditions
// say. A crash in the middle of an operation leaves it undone, done, or (a write) torn.

import type { DeliveryStore } from 'chime-delivery';
import type { Machine, VirtualTime } from './clock.ts';
import type { Dice } from './dice.ts';
import type { Trace } from './trace.ts';
import type { Conditions } from './conditions.ts';

export class Disk {
  readonly items: Map<string, string> = new Map();
}

export interface StoreParts {
  readonly disk: Disk;
  readonly index: number;
  readonly machine: Machine;
  readonly latencyMs: number;
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly conditions: Conditions;
  readonly trace: Trace;
}

interface Operation {
  readonly key: string;
  readonly value: string | undefined;
  readonly act: () => void;
}

export class SimulatedStore implements DeliveryStore {
  readonly #parts: StoreParts;
  readonly #underWay = new Set<Operation>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  getKeys(base = ''): Promise<string[]> {
    const { items } = this.#parts.disk;
    return this.#do('getKeys', '', undefined, () => [...items.keys()].filter((key) => key.startsWith(base)));
  }

  getItem(key: string): Promise<string | undefined> {
    return this.#do('getItem', key, undefined, () => this.#parts.disk.items.get(key));
  }

  setItem(key: string, value: string): Promise<void> {
    return this.#do('setItem', key, value, () => void this.#parts.disk.items.set(key, value));
  }

  removeItem(key: string): Promise<void> {
    return this.#do('removeItem', key, undefined, () => void this.#parts.disk.items.delete(key));
  }

  /** The process is gone in the middle of all operations in progress. */
  crash(): void {
    const { dice, disk } = this.#parts;
    for (const { key, value, act } of this.#underWay) {
      if (dice.chance(0.4)) act();
      else if (value !== undefined && dice.chance(0.5)) {
        disk.items.set(key, value.slice(0, dice.between(0, value.length - 1)));
        this.#note(() => `a record is torn: ${this.#show(key)}`);
      }
    }
    this.#underWay.clear();
  }

  #do<T>(name: keyof DeliveryStore, key: string, value: string | undefined, act: () => T): Promise<T> {
    const { time, dice, conditions, latencyMs, machine, index } = this.#parts;
    const fault = conditions.storeTrouble(index, name);
    this.#note(() => `${name} ${this.#show(key)}${fault === undefined ? '' : ` (${fault.kind})`}`);
    if (fault?.kind === 'store-fails' || fault?.kind === 'store-keeps') {
      if (dice.chance(0.5)) throw new Error('QuotaExceededError');
      return Promise.reject(new Error('EIO'));
    }
    return new Promise((resolve) => {
      const operation: Operation = { key, value, act };
      this.#underWay.add(operation);
      const end = (): void => {
        if (this.#underWay.delete(operation)) resolve(act());
      };
      if (fault?.kind === 'store-hangs') {
        // For ever, or until it works again.
        if (dice.chance(0.5)) time.at(fault.to, end, machine);
        return;
      }
      // Reads are quicker than writes.
      const usual = name === 'getKeys' || name === 'getItem' ? Math.ceil(latencyMs / 50) : latencyMs;
      const ms = fault === undefined ? usual : dice.across(100, 8_000);
      if (ms === 0) end();
      else time.after(ms, end, machine);
    });
  }

  #show(key: string): string {
    const [, kind = '', id] = /:([a-z]+)-([^:]+)$/.exec(key) ?? [];
    return `${kind} ${id === undefined ? '' : this.#parts.trace.name('k', id)}`;
  }

  #note(say: () => string): void {
    this.#parts.trace.note(this.#parts.machine, () => `[] ${say()}`);
  }
}
