/** The quality of schedules as a plot: one line a contender, one dot a law, the geometric mean marked. */
import * as Plot from '@observablehq/plot';
import type { Picture } from '../support/section.ts';
import type { Quality } from './main.ts';

export function picture(qualities: readonly Quality[]): Picture {
  const dots = qualities.flatMap(({ contender, ratios }) =>
    Object.entries(ratios).map(([law, { mean }]) => ({ contender, law, ratio: mean })),
  );
  return {
    name: 'schedule',
    options: {
      height: 60 + 32 * qualities.length,
      marginLeft: 280,
      marginTop: 40,
      x: {
        type: 'log',
        label: 'cost, as a multiple of the least possible',
        grid: true,
        ticks: [1, 1.25, 1.5, 2, 3, 5],
        tickFormat: String,
      },
      y: { label: null, domain: qualities.map(({ contender }) => contender) },
      color: { scheme: 'observable10', legend: true },
      marks: [
        Plot.ruleX([1]),
        Plot.dot(dots, { x: 'ratio', y: 'contender', stroke: 'law', r: 3.5 }),
        Plot.tickX(qualities, { x: 'mean', y: 'contender', strokeWidth: 2 }),
      ],
    },
  };
}
