/** The end of an outage as two plots: requests, and seconds until all are known, over what was pending. */
import * as Plot from '@observablehq/plot';
import type { Picture } from '../support/section.ts';
import type { OutageFigures } from './after-outage.ts';

export function pictures(figures: readonly OutageFigures[]): Picture[] {
  return [
    picture('outage-requests', 'requests until all are known', figures, ({ requests }) => requests),
    picture('outage-seconds', 'seconds until all are known', figures, ({ seconds }) => seconds),
  ];
}

function picture(
  name: string,
  label: string,
  figures: readonly OutageFigures[],
  pick: (figures: OutageFigures) => number,
): Picture {
  const points = figures.map((one) => ({ contender: one.contender, pending: one.pending, value: pick(one) }));
  const largest = Math.max(...points.map(({ pending }) => pending));
  const channels = { x: 'pending', y: 'value', stroke: 'contender' } as const;
  return {
    name,
    options: {
      height: 420,
      marginRight: 290,
      marginLeft: 60,
      x: { type: 'log', label: 'pending in one channel', ticks: [1, 10, 100, 500, 2_000], tickFormat: String },
      y: { type: 'log', label, grid: true, ticks: 5, tickFormat: ',' },
      color: { scheme: 'observable10' },
      marks: [
        Plot.line(points, { ...channels, strokeWidth: 2 }),
        Plot.dot(points, { ...channels, fill: 'white', r: 3 }),
        Plot.text(labels(points.filter(({ pending }) => pending === largest)), {
          x: 'pending',
          y: 'value',
          text: 'contender',
          fill: 'contender',
          textAnchor: 'start',
          dx: 8,
        }),
      ],
    },
  };
}

interface Point {
  readonly contender: string;
  readonly pending: number;
  readonly value: number;
}

/** The positions of the labels, moved apart where lines end close to each other. */
function labels(ends: readonly Point[]): Point[] {
  const apart = (Math.max(...ends.map(({ value }) => value)) / 0.1) ** (1 / 24);
  const placed: Point[] = [];
  for (const end of ends.toSorted((a, b) => a.value - b.value)) {
    placed.push({ ...end, value: Math.max(end.value, (placed.at(-1)?.value ?? 0) * apart) });
  }
  return placed;
}
