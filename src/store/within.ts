/** Waiting for what a store may never do. */

/** Whether `done` says so within `ms`, and before all waiting ends. Leaves no timer behind. */
export function within(ms: number, done: Promise<boolean>, stopped: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isDone: boolean): void => {
      clearTimeout(timer);
      resolve(isDone);
    };
    const timer = setTimeout(() => end(false), ms);
    void done.then(end);
    void stopped.then(() => end(false));
  });
}

/** Whether one of the two is done. */
export function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    void Promise.all([one, other].map((each) => each.then((isDone) => isDone && resolve(true)))).then(() =>
      resolve(false),
    );
  });
}
