/**
 * The cost of the hooks for an update: in jsdom with React's production build, and in Chromium with a thousand bubbles.
 */
import { rounded } from '../support/numbers.ts';
import { middleOf } from '../support/process-of-its-own.ts';
import type { Findings } from '../support/section.ts';
import { framesInChromium } from './chromium.ts';

const sizes = [1_000, 10_000, 50_000];
const uses = {
  none: 'no hook',
  'one-delivery': 'useDelivery, another one settles',
  'filter-passes-none': 'useDeliveries, its filter rejects the update',
  'inline-filter-passes-none': 'the same with an inline filter',
  'filter-passes-it': 'useDeliveries, its filter accepts the update',
  'inline-filter-passes-it': 'the same with an inline filter',
  'no-filter': 'useDeliveries without a filter',
};
const repeats = 3;

interface Figures {
  readonly micros: number;
  readonly renders: number;
}

export async function react(): Promise<Findings> {
  const measured: ({ deliveries: number; use: string } & Figures)[] = [];
  for (const deliveries of sizes) {
    for (const use of Object.keys(uses)) {
      const file = new URL('measure.tsx', import.meta.url);
      const figures = await middleOf<Figures>(file, [use, String(deliveries)], repeats, ({ micros }) => micros);
      measured.push({ deliveries, use, ...figures });
    }
  }
  const frames = await framesInChromium([1, 4]);
  const bare = (deliveries: number): number =>
    measured.find((one) => one.deliveries === deliveries && one.use === 'none')?.micros ?? NaN;
  const hooks = {
    title: `One component that reads by a hook, in jsdom; median of ${repeats} processes`,
    rows: measured.map(({ deliveries, use, micros, renders }) => ({
      deliveries,
      component: uses[use as keyof typeof uses],
      'µs of CPU an update': rounded(micros),
      'beyond no hook': rounded(micros - bare(deliveries)),
      'renders an update': renders,
    })),
  };
  const chromium = {
    title: 'Chromium: 1 000 bubbles with useDelivery, one useDeliveries with a filter, 10 000 deliveries, 50 updates/s',
    rows: frames.map(({ throttling, how, cpuMs, scriptMs, medianMs, p99Ms, maxMs, slow, updates }) => ({
      'CPU slowed by': throttling,
      'the change comes from': how === 'tracker' ? 'the tracker, by the hooks' : 'textContent, without React and hooks',
      'ms of CPU an update, mean': rounded(cpuMs),
      'of it scripts': rounded(scriptMs),
      'ms of work an update, median': rounded(medianMs),
      p99: rounded(p99Ms),
      max: rounded(maxMs),
      'above 16 ms': `${slow} of ${updates}`,
    })),
    notes: ['Work of the main thread: the event, React, style, layout and paint.'],
  };
  return { tables: [hooks, chromium], figures: { hooks: measured, frames } };
}
