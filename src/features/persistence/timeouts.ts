/** Waiting for what a store may never do. */

export class Timeouts {
  readonly #open = new Set<() => void>();
  #hasEnded = false;

  /** Whether `done` says so within `ms`, and before all waiting ends. */
  withTimeout(ms: number, done: Promise<boolean>): Promise<boolean> {
    if (this.#hasEnded) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isDone: boolean): void => {
        clearTimeout(timer);
        this.#open.delete(giveUp);
        resolve(isDone);
      };
      const giveUp = (): void => end(false);
      const timer = setTimeout(giveUp, ms);
      this.#open.add(giveUp);
      void done.then(end);
    });
  }

  /** Nobody waits for anything any more. */
  end(): void {
    this.#hasEnded = true;
    for (const giveUp of this.#open) giveUp();
  }
}

/** Whether one of the two is done. */
export function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const both = [one, other].map((each) => each.then((isDone) => isDone && resolve(true)));
    void Promise.all(both).then(() => resolve(false));
  });
}
