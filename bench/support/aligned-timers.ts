/** The timers of a hidden tab: each fires at the next full second after it is due. For scenes in virtual time. */
import type { install } from '@sinonjs/fake-timers';

export type Clock = ReturnType<typeof install>;

type Task = (...args: unknown[]) => void;
type Handle = ReturnType<typeof setTimeout>;

/** Replaces the timers that `clock` has installed. Returns how to restore them. */
export function alignTimers(clock: Clock, alignMs: number): () => void {
  const begin = clock.now;
  const intervals = new Map<Handle, Handle>();
  const aligned = (ms: number): number => {
    const due = clock.now - begin + Math.max(0, ms);
    return Math.ceil(due / alignMs) * alignMs - (clock.now - begin);
  };
  const later = (task: Task, ms = 0, ...args: unknown[]): Handle =>
    clock.setTimeout(() => task(...args), aligned(ms)) as unknown as Handle;

  const every = (task: Task, ms = 0, ...args: unknown[]): Handle => {
    const again = (): void => {
      intervals.set(first, later(again, ms));
      task(...args);
    };
    const first = later(again, ms);
    return first;
  };
  const clear = (handle: Handle | undefined): void => {
    if (handle === undefined) return;
    clock.clearTimeout(handle);
    const running = intervals.get(handle);
    if (running !== undefined) clock.clearTimeout(running);
    intervals.delete(handle);
  };
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  Object.assign(globalThis, { setTimeout: later, setInterval: every, clearTimeout: clear, clearInterval: clear });
  return () => void Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
}
