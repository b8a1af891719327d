/**
 * The cost of a pending delivery: memory, the time to begin tracking, the time per push event; beside its contenders.
 */
import { rounded } from '../support/numbers.ts';
import { figuresOf, middleOf } from '../support/process-of-its-own.ts';
import type { Findings } from '../support/section.ts';
import { contenders } from './contenders.ts';

const sizes = [1_000, 10_000, 100_000];
const repeats = 3;

interface Figures {
  readonly bytes: number;
  readonly trackMicros: number;
  readonly pushMicros: number;
}

interface Row extends Figures {
  readonly contender: string;
  readonly pending: number;
}

export async function overhead(): Promise<Findings> {
  const rows: Row[] = [];
  for (const pending of sizes) {
    for (const contender of Object.keys(contenders)) {
      const figures: Figures[] = [];
      for (let i = 0; i < repeats; i += 1) figures.push(await measure(contender, pending));
      rows.push({ contender, pending, ...medianOf(figures) });
    }
  }
  const kept = [];
  for (const keep of ['default', '100000', '1000000']) {
    const file = new URL('settled.ts', import.meta.url);
    kept.push({ keep, ...(await middleOf<{ micros: number }>(file, [keep], repeats, ({ micros }) => micros)) });
  }
  const eviction = {
    title: `A push event by the number of kept settled deliveries; each event beyond them evicts one; median of ${repeats} runs`,
    rows: kept.map(({ keep, micros }) => ({
      keepSettled: keep === 'default' ? '10 000 (default)' : Number(keep),
      'µs of CPU per push event': rounded(micros),
    })),
    notes: ['With 1 000 000, none is evicted.'],
  };
  const table = {
    title: `The cost of a pending delivery; median of ${repeats} runs, each in a separate process`,
    rows: rows.map(({ contender, pending, bytes, trackMicros, pushMicros }) => ({
      pending,
      contender,
      'bytes each': Math.round(bytes),
      'µs to track': rounded(trackMicros),
      'µs per push event': rounded(pushMicros),
    })),
  };
  const pollsFile = new URL('polls.ts', import.meta.url);
  const { pollMicros } = await middleOf<{ pollMicros: number }>(pollsFile, [], repeats, (poll) => poll.pollMicros);
  const ofPolls = {
    title: `The cost of a poll, with a client that responds at once; median of ${repeats} runs`,
    rows: [{ contender: 'chime-delivery', 'µs of CPU': rounded(pollMicros) }],
  };
  return { tables: [table, eviction, ofPolls], figures: { pending: rows, kept, pollMicros } };
}

function measure(contender: string, pending: number): Promise<Figures> {
  return figuresOf(new URL('measure.ts', import.meta.url), [contender, String(pending)]);
}

/** The median of each figure: these machines are noisy. */
function medianOf(figures: readonly Figures[]): Figures {
  const middle = (pick: (figure: Figures) => number): number =>
    figures.map(pick).toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
  return {
    bytes: middle(({ bytes }) => bytes),
    trackMicros: middle(({ trackMicros }) => trackMicros),
    pushMicros: middle(({ pushMicros }) => pushMicros),
  };
}
