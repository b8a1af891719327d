/** Which of the two ways of asking each bearer is permitted, as far as the service's answers have shown. */
import type { Question } from './read-answer.ts';

/** More bearers than this, and what is known of the first is forgotten: it costs one refused request to learn again. */
const MAX_BEARERS = 1_000;

export class Access {
  readonly #refused = new Map<string, Set<Question>>();

  /** Whether it is worth asking: true until it was refused. */
  may(chimeBearer: string, question: Question): boolean {
    return this.#refused.get(chimeBearer)?.has(question) !== true;
  }

  set(chimeBearer: string, question: Question, permitted: boolean): void {
    if (permitted) {
      this.#refused.get(chimeBearer)?.delete(question);
      return;
    }
    const refused = this.#refused.get(chimeBearer) ?? new Set();
    this.#refused.set(chimeBearer, refused.add(question));
    for (const first of this.#refused.keys()) {
      if (this.#refused.size <= MAX_BEARERS) break;
      this.#refused.delete(first);
    }
  }
}
