// The clock, random source and timers of the service model. No other file in `service/` reads a clock or a random source, so
// that the same model runs on real time behind sockets and on virtual time in a simulation.

/** Clock, timers and randomness of one service. */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Runs `task` once after `ms` milliseconds. Returns the function that cancels it; cancelling twice is harmless. */
  after(ms: number, task: () => void): () => void;
}
