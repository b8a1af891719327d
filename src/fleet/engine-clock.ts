/**
 * The engine's clock, as this process knows it: read now and then, and counted on by the monotonic clock in between. The wall clocks
 * of two processes may differ by minutes; their records have to mean the same.
 */
import { monotonicNow } from '../shared/time.ts';
import type { FleetEngine } from './engine.ts';

export class EngineClock {
  /** The engine's clock minus the monotonic one. */
  #offset = Date.now() - monotonicNow();

  /** Reads the engine's clock; half of the time that this takes counts as its age. */
  async read(engine: Pick<FleetEngine, 'now'>): Promise<void> {
    const before = monotonicNow();
    const now = await engine.now();
    this.#offset = now - (before + monotonicNow()) / 2;
  }

  now(): number {
    return this.at(monotonicNow());
  }

  /** The engine's time at a time of the monotonic clock. */
  at(monotonic: number): number {
    return Math.round(monotonic + this.#offset);
  }

  /** The time of the monotonic clock at a time of the engine; a future one counts as now. */
  monotonicAt(time: number): number {
    return Math.min(time - this.#offset, monotonicNow());
  }
}
