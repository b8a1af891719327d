/**
 * The quality of schedules as a plot: a column for each distribution, and one for the geometric mean of all; a bar for
 * each contender.
 */
import * as Plot from '@observablehq/plot';
import type { Picture } from '../support/section.ts';
import type { Quality } from './main.ts';

export function picture(qualities: readonly Quality[]): Picture {
  const bars = qualities.flatMap(({ contender, ratios, mean }) => [
    ...Object.entries(ratios).map(([distribution, ratio]) => ({ contender, distribution, ratio: ratio.mean })),
    { contender, distribution: 'all of them', ratio: mean },
  ]);
  const columns = [...new Set(bars.map(({ distribution }) => distribution))];
  return {
    name: 'schedule',
    options: {
      width: 1_400,
      height: 86 + 26 * qualities.length,
      marginLeft: 290,
      marginBottom: 46,
      marginRight: 20,
      x: {
        type: 'log',
        domain: [1, 60],
        label: 'cost, as a multiple of the least possible',
        labelOffset: 40,
        grid: true,
        ticks: [1, 3, 10, 30],
      },
      y: { label: null, domain: qualities.map(({ contender }) => contender) },
      fx: { label: null, domain: columns },
      marks: [
        Plot.barX(bars, {
          x1: 1,
          x2: 'ratio',
          y: 'contender',
          fx: 'distribution',
          fill: '#4269d0',
          insetTop: 3,
          insetBottom: 3,
        }),
        Plot.ruleX([1]),
      ],
    },
  };
}
