/** The names (ARNs) of one shard and their numbers, as far as this process knows them. The engine gives the numbers. */
import type { FleetRecords } from './engine.ts';
import type { NameTable } from './record.ts';

export class Names implements NameTable {
  readonly #records: Pick<FleetRecords, 'intern' | 'names'>;
  readonly #shard: number;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(records: Pick<FleetRecords, 'intern' | 'names'>, shard: number) {
    this.#records = records;
    this.#shard = shard;
  }

  /** Makes sure that these names have numbers. */
  async intern(...names: readonly string[]): Promise<void> {
    const missing = names.filter((name) => !this.#numbers.has(name));
    if (missing.length === 0) return;
    const numbers = await this.#records.intern(this.#shard, missing);
    for (const [index, name] of missing.entries()) this.#add(name, numbers[index] ?? 0);
  }

  /** Makes sure that these numbers have names, where the engine knows any. */
  async resolve(numbers: readonly number[]): Promise<void> {
    if (numbers.every((number) => this.#names.has(number))) return;
    for (const [number, name] of await this.#records.names(this.#shard)) this.#add(name, number);
  }

  numberOf(name: string): number {
    const number = this.#numbers.get(name);
    if (number === undefined) throw new Error(`The name ${name} has no number yet.`);
    return number;
  }

  nameOf(number: number): string | undefined {
    return this.#names.get(number);
  }

  #add(name: string, number: number): void {
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }
}
