/**
 * The deliveries that have ended, or were forgotten, while records of an earlier session were not read yet: by the names of
 * their records, or by the ids that the app has given. What is found of them later is not restored.
 */
import type { MessageIdentity } from '../../core/identity.ts';
import { nameByIdentity } from './keys.ts';

type Named = MessageIdentity & { readonly id: string };

export class Tombstones {
  readonly #names = new Set<string>();

  addId(id: string): void {
    this.#names.add(id);
  }

  add(delivery: Named): void {
    this.#names.add(nameByIdentity(delivery));
  }

  has(found: Named): boolean {
    if (this.#names.size === 0) return false;
    const { id, messageId = id } = found;
    const names = [id, messageId].flatMap((each) => [each, nameByIdentity({ ...found, id: each })]);
    return names.some((name) => this.#names.has(name));
  }

  clear(): void {
    this.#names.clear();
  }
}
