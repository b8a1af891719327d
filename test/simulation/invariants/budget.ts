// Within the budget: in no second do more than burst + rate requests of one bearer leave, and never more than
// `maxConcurrent` are in flight. With equal travel times, no more arrive than left, and one (docs/concepts.md).

import type { AppSession } from '../app-session.ts';
import { limitsOf, type Facts, type Report } from './facts.ts';

/** Travel times that differ by no more than this are equal. */
const ALIKE_MS = 100;

export function judgeBudget({ plan, service }: Facts, session: AppSession, report: Report): void {
  const { name } = session;
  const { burst, requestsPerSecond, maxConcurrent } = limitsOf(session.parts.device);
  const most = Math.floor(burst + requestsPerSecond);
  const wrong = (what: string): void => report('within the budget', name, what);
  const { dispatches } = session.client;
  for (const bearer of new Set(dispatches.map(({ call }) => call.bearer))) {
    const own = dispatches.filter(({ call }) => call.bearer === bearer);
    const crowd = own.find(({ underWay }) => underWay > maxConcurrent);
    if (crowd !== undefined) wrong(`${crowd.underWay} requests under way at ${crowd.at} ms`);
    const left = crowdedSecond(
      own.map(({ at }) => at),
      most,
    );
    if (left !== undefined) wrong(`${left.count} requests leave in the second from ${left.at} ms`);
    if (plan.jitterMs > ALIKE_MS / 2 || plan.spells.some(({ kind }) => kind === 'slow' || kind === 'repeating'))
      continue;
    const arrivals = service.arrivals.filter(
      ({ call, from, byTracker }) => byTracker && from === name && call.bearer === bearer,
    );
    const came = crowdedSecond(
      arrivals.map(({ at }) => at),
      most + 1,
    );
    if (came !== undefined) wrong(`${came.count} requests arrive in the second from ${came.at} ms`);
  }
}

/** A second with more than `most`. */
function crowdedSecond(
  times: readonly number[],
  most: number,
): { readonly at: number; readonly count: number } | undefined {
  let end = 0;
  for (const [start, at] of times.entries()) {
    while ((times[end] ?? Infinity) < at + 1_000) end += 1;
    const count = end - start;
    if (count > most) return { at, count };
  }
  return undefined;
}
