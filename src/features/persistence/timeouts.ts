/** Limits the time to wait for a store. */
import { setTimeLimit } from '../../shared/time-limit.ts';

export class Timeouts {
  readonly #pending = new Set<() => void>();
  #hasEnded = false;

  /** Resolves with the result of `done`, or with false after `ms`, or on `end`. */
  withTimeout(ms: number, done: Promise<boolean>): Promise<boolean> {
    if (this.#hasEnded) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isDone: boolean): void => {
        cancel();
        this.#pending.delete(giveUp);
        resolve(isDone);
      };
      const giveUp = (): void => end(false);
      const cancel = setTimeLimit(giveUp, ms);
      this.#pending.add(giveUp);
      void done.then(end);
    });
  }

  /** Ends all waiting. */
  end(): void {
    this.#hasEnded = true;
    for (const giveUp of this.#pending) giveUp();
  }
}

/** Resolves with whether one of the two resolves with true. */
export function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const both = [one, other].map((each) => each.then((isDone) => isDone && resolve(true)));
    void Promise.all(both).then(() => resolve(false));
  });
}
