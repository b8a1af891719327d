/**
 * The optimal inspection schedule (Barlow, Hunter and Proschan 1963), by a dynamic program over the edges of an
 * estimate: from each edge the next poll that makes expected delay + cost of requests least over all the polls to come.
 */

/** The cost of a request, in milliseconds of delay. */
const REQUEST_MS = 1_000;

/**
 * For each edge but the last, the edge of the next poll of what is still pending there. `ages` and the part `left` at
 * each are given per edge, the first edge being the send; after any other, the next poll is at least `gap` of that edge
 * later, in edges.
 */
export function optimalInspections(ages: Float64Array, left: Float64Array, gap: (edge: number) => number): Uint16Array {
  const last = ages.length - 1;
  const next = new Uint16Array(last);
  // rest[i]: what the polls after edge i cost for all messages together. All that are left at i wait for the next poll
  // and pay for it; what they waited before is common to all plans.
  const rest = new Float64Array(last + 1);
  let best = last;
  for (let i = last - 1; i >= 0; i -= 1) {
    // The best next poll is never later for a younger message: the search goes down from where the last one ended.
    const soonest = Math.min(last, i > 0 ? i + gap(i) : 1);
    let least = Infinity;
    for (let j = best; j >= soonest; j -= 1) {
      const cost = left[i]! * (ages[j]! - ages[i]! + REQUEST_MS) + rest[j]!;
      if (cost >= least) continue;
      least = cost;
      best = j;
    }
    rest[i] = least;
    next[i] = best;
  }
  return next;
}
