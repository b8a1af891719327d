/** Which of the ways of asking each bearer is permitted, as far as the service's answers have shown. */
import type { Question } from './read-answer.ts';

export type Way = Question | 'list';

/** More bearers than this, and what is known of the first is forgotten: it costs one refused request to learn again. */
const MAX_BEARERS = 1_000;

export class Access {
  readonly #refused = new Map<string, Set<Way>>();

  /** Whether it is worth asking: true until it was refused. */
  may(chimeBearer: string, way: Way): boolean {
    return this.#refused.get(chimeBearer)?.has(way) !== true;
  }

  set(chimeBearer: string, way: Way, permitted: boolean): void {
    if (permitted) {
      this.#refused.get(chimeBearer)?.delete(way);
      return;
    }
    const refused = this.#refused.get(chimeBearer) ?? new Set();
    this.#refused.set(chimeBearer, refused.add(way));
    for (const first of this.#refused.keys()) {
      if (this.#refused.size <= MAX_BEARERS) break;
      this.#refused.delete(first);
    }
  }
}
