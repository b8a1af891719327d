// What the service model needs from its surroundings: the time, chance, and "later". Nothing else in `service/` reads a
// clock or a random source, so that the same model runs on real time behind sockets and on virtual time in a simulation.

/** The time, chance and timers of one service. */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Runs `task` once, `ms` milliseconds from now. Returns the way to cancel it; cancelling twice is harmless. */
  after(ms: number, task: () => void): () => void;
}
