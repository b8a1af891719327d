/**
 * The cost of a store that fails: the bytes that stay of each ended message, and the attempted operations, while the
 * responses to 20 000 sends settle them. Each kind of failure in a separate process.
 */
import { rounded } from '../support/numbers.ts';
import { figuresOf } from '../support/process-of-its-own.ts';
import type { Findings } from '../support/section.ts';

const ways = ['everything fails', 'removals fail', 'writes fail', 'nothing fails'] as const;

interface Figures {
  readonly bytes: number;
  readonly operations: number;
  readonly laterOperations: number;
}

export async function failingStore(): Promise<Findings> {
  const rows: ({ way: string } & Figures)[] = [];
  for (const way of ways) rows.push({ way, ...(await measure(way)) });
  const table = {
    title: 'A store that fails, and 20 000 sends that end meanwhile',
    rows: rows.map(({ way, bytes, operations, laterOperations }) => ({
      way,
      'bytes kept of each message': rounded(bytes),
      'operations meanwhile': operations,
      'in the 6 s after that': laterOperations,
    })),
    notes: ['Without the settled deliveries that the tracker keeps: keepSettled is 0.'],
  };
  return { tables: [table], figures: rows };
}

function measure(way: string): Promise<Figures> {
  return figuresOf(new URL('measure.ts', import.meta.url), [way]);
}
