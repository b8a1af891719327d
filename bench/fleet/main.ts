/**
 * The fleet on a real Redis (`redis-server`, started here, `appendfsync everysec`), with a service in the workers' own process that answers
 * at once: the figures are the fleet's.
 */
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';
import { bytesOf, takeOver } from './capacity.ts';
import { costOf, type Cost } from './cost.ts';
import { LARGE, scale, share, SMALL } from './sharing.ts';

const MILLION = 1_000_000;
const TAKEN_OVER = 10_000;
const EACH = 200;

export async function fleet(): Promise<Findings> {
  const costs: Cost[] = [];
  for (const workers of [1, 2]) costs.push(await costOf(workers, EACH));
  const bytes = await bytesOf(MILLION);
  const taken = await takeOver(TAKEN_OVER);
  const alone = await share(0);
  const beside = await share(LARGE);
  const scaling = await scale();
  const tables = [
    {
      title: 'One delivery, from track to its confirmed outcome: CPU time of Redis and of the workers',
      rows: costs.map(({ workers, deliveries, redisMicros, workerMicros, settledPerSecond }) => ({
        workers,
        deliveries,
        'us of Redis': rounded(redisMicros),
        'us of workers': rounded(workerMicros),
        'settled a second': rounded(settledPerSecond),
      })),
    },
    {
      title: 'Many pending deliveries without content',
      rows: [
        { what: `${MILLION.toLocaleString('en-US')} in Redis`, figure: `${rounded(bytes)} bytes each` },
        {
          what: `${TAKEN_OVER.toLocaleString('en-US')} taken over by one worker`,
          figure: `${rounded(taken.ms)} ms, ${rounded(taken.cpuMs)} ms of CPU time`,
        },
      ],
    },
    {
      title: `Four processes, 5 requests a second a bearer: ${SMALL} small bearers, alone and beside one with ${LARGE} messages`,
      rows: [
        { run: 'alone', 'median ms until known': rounded(alone.medianMs), 'busiest second': alone.busiest },
        { run: 'beside', 'median ms until known': rounded(beside.medianMs), 'busiest second': beside.busiest },
      ],
    },
    {
      title: 'Until each worker holds its share of 256 shards, give or take one',
      rows: scaling.map(({ change, ms }) => ({ change, ms: rounded(ms) })),
    },
  ];
  return { tables, figures: { costs, bytes, taken, alone, beside, scaling } };
}
