// A disk that outlives trackers, and the store of each of them on it: slow, full, torn or dead as the test requires,
// with a log of its operations.

import type { DeliveryStore } from 'chime-delivery';

type Operation = keyof DeliveryStore;

/** `throws`: at once, as a full localStorage does. `rejects`: later. `hangs`: until it is healed, or for ever. */
export type Ailment = 'throws' | 'rejects' | 'hangs';

export class Disk {
  readonly items: Map<string, string> = new Map();

  /** What the next process sees. */
  mount(): ScriptedStore {
    return new ScriptedStore(this);
  }

  /** Names of records without their common part: 'send-…'. */
  get names(): string[] {
    return [...this.items.keys()].map((key) => key.split(':').at(-1) ?? '').sort();
  }

  keyOf(name: string): string {
    return [...this.items.keys()].find((key) => key.endsWith(`:${name}`)) ?? `no ${name}`;
  }

  read(name: string): Record<string, unknown> {
    return JSON.parse(this.items.get(this.keyOf(name)) ?? '{}') as Record<string, unknown>;
  }

  /** Changes fields of a record, or replaces it. */
  spoil(name: string, value: object | string): void {
    const text = typeof value === 'string' ? value : JSON.stringify({ ...this.read(name), ...value });
    this.items.set(this.keyOf(name), text);
  }
}

export class ScriptedStore implements DeliveryStore {
  readonly log: string[] = [];
  /** How long each operation takes; its effect comes at the end. */
  latencyMs = 0;
  /** The same for single operations, instead. */
  readonly latencies: Partial<Record<Operation, number>> = {};
  readonly #disk: Disk;
  readonly #ailments = new Map<Operation, Ailment>();
  readonly #hanging: (() => void)[] = [];
  #dead = false;
  #underWay = 0;
  mostUnderWay = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  ail(ailment: Ailment, ...operations: Operation[]): void {
    const all: Operation[] = ['getKeys', 'getItem', 'setItem', 'removeItem'];
    for (const operation of operations.length === 0 ? all : operations) this.#ailments.set(operation, ailment);
  }

  /** Works again; hung operations go on now, unless they are lost for ever. */
  heal({ lost = false }: { lost?: boolean } = {}): void {
    this.#ailments.clear();
    for (const goOn of this.#hanging.splice(0)) if (!lost) goOn();
  }

  /** The process is gone: none of its operations has any effect from now on. */
  die(): void {
    this.#dead = true;
  }

  getKeys(base = ''): Promise<string[]> {
    return this.#do('getKeys', '', () => [...this.#disk.items.keys()].filter((key) => key.startsWith(base)));
  }

  getItem(key: string): Promise<string | null> {
    return this.#do('getItem', key, () => this.#disk.items.get(key) ?? null);
  }

  setItem(key: string, value: string): Promise<void> {
    return this.#do('setItem', key, () => void this.#disk.items.set(key, value));
  }

  removeItem(key: string): Promise<void> {
    return this.#do('removeItem', key, () => void this.#disk.items.delete(key));
  }

  #do<T>(operation: Operation, key: string, act: () => T): Promise<T> {
    this.log.push([operation, key.split(':').at(-1)].filter(Boolean).join(' '));
    const ailment = this.#ailments.get(operation);
    if (ailment === 'throws') throw new Error('QuotaExceededError');
    if (ailment === 'rejects') return Promise.reject(new Error('EIO'));
    this.#underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay);
    return new Promise((resolve) => {
      const end = (): void => {
        this.#underWay -= 1;
        if (this.#dead) return;
        resolve(act());
      };
      if (ailment === 'hangs') this.#hanging.push(end);
      else {
        const latencyMs = this.latencies[operation] ?? this.latencyMs;
        if (latencyMs === 0) end();
        else setTimeout(end, latencyMs);
      }
    });
  }
}
