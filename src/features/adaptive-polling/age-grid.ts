/**
 * The ages that are told apart: edges on a logarithmic scale, six to a tenth, from 10 ms to the 48 hours that a processor
 * has; edge 0 is the moment of the send. All observations and plans share them.
 */
const FIRST_MS = 10;
const LAST_MS = 48 * 3_600_000;

/** A tenth more of age is so many edges later. */
export const EDGES_PER_10_PERCENT = 6;
/** From one edge to the next, in the logarithm of age. */
export const STEP: number = Math.log(1.1) / EDGES_PER_10_PERCENT;
export const LAST_EDGE: number = Math.ceil(Math.log(LAST_MS / FIRST_MS) / STEP) + 1;

/** The age of an edge, back from the logarithm, must not slip to the neighbour. */
const ROUNDING = 1e-3;

/** From one edge to the next there are so many parts, by which an end is remembered. */
export const PARTS = 32;

export function ageOf(edge: number): number {
  return edge > 0 ? FIRST_MS * Math.exp((edge - 1) * STEP) : 0;
}

/** The last edge that is not after `ageMs`; the send, where it is negative. */
export function edgeBefore(ageMs: number): number {
  return Math.max(0, Math.min(LAST_EDGE, Math.floor(place(ageMs) + ROUNDING)));
}

/** The first edge but the send that is not before `ageMs`; the last one, where it is beyond. */
export function edgeAfter(ageMs: number): number {
  return Math.max(1, Math.min(LAST_EDGE, Math.ceil(place(ageMs) - ROUNDING)));
}

/** The same as `edgeAfter`, in parts of the way from one edge to the next. */
export function partAfter(ageMs: number): number {
  return Math.max(1, Math.min(LAST_EDGE * PARTS, Math.ceil(place(ageMs) * PARTS - ROUNDING)));
}

function place(ageMs: number): number {
  return Math.log(Math.max(0, ageMs) / FIRST_MS) / STEP + 1;
}
