/**
 * The cost of `deliveries$`: an update with a subscriber that keeps each map, reads one delivery of it, or copies it;
 * beside an update without a subscriber, and beside a plain map that is built for each update.
 */
import { rounded } from '../support/numbers.ts';
import { middleOf } from '../support/process-of-its-own.ts';
import type { Findings } from '../support/section.ts';

const sizes = [1_000, 10_000, 50_000];
const repeats = 3;

interface Figures {
  readonly micros: number;
}

export async function snapshots(): Promise<Findings> {
  const measured: { deliveries: number; none: number; keep: number; get: number; copy: number; plain: number }[] = [];
  for (const deliveries of sizes) {
    const of = async (use: string): Promise<number> => {
      const file = new URL('measure.ts', import.meta.url);
      return (await middleOf<Figures>(file, [use, String(deliveries)], repeats, ({ micros }) => micros)).micros;
    };
    measured.push({
      deliveries,
      none: await of('none'),
      keep: await of('keep'),
      get: await of('get'),
      copy: await of('copy'),
      plain: await of('plain'),
    });
  }
  const table = {
    title: `deliveries$, microseconds of CPU an update; median of ${repeats} processes`,
    rows: measured.map(({ deliveries, none, keep, get, copy, plain }) => ({
      deliveries,
      'no subscriber': rounded(none),
      'keeps the map': rounded(keep),
      'reads one delivery': rounded(get),
      'copies it': rounded(copy),
      'a plain map is built': rounded(plain),
      'plain / kept': rounded((plain - none) / (keep - none)),
    })),
  };
  return { tables: [table], figures: measured };
}
