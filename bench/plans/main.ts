/**
 * The cost of scheduling after a drop: push has shown the latencies of many channels, nothing was scheduled yet, and
 * all channels need their next poll in one turn of the event loop, then again after each pause.
 */
import { monotonicNow } from '../../src/shared/time.ts';
import { LatencyModel } from '../../src/features/adaptive-polling/latency-model.ts';
import { PlanningAllowance } from '../../src/features/adaptive-polling/planning-allowance.ts';
import { chance, lognormal } from '../support/chance.ts';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';
import { measureCpuMicros } from '../support/cpu-time.ts';

const CHANNELS = 200;
const OBSERVATIONS = 200;
const REPEATS = 15;
const PAUSE_MS = 60;

export async function plans(): Promise<Findings> {
  const one: number[] = [];
  const eager: number[] = [];
  const first: number[] = [];
  const longest: number[] = [];
  for (let i = 0; i < REPEATS; i += 1) {
    one.push(block(taught(1, i), 1));
    if (i < 3) eager.push(block(taught(CHANNELS, i), CHANNELS));
    const allowance = new PlanningAllowance();
    const times = taught(CHANNELS, i, () => allowance.take(monotonicNow()));
    const blocks: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      blocks.push(block(times, CHANNELS));
      await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
    }
    first.push(blocks[0] ?? NaN);
    longest.push(Math.max(...blocks));
  }
  const onePlan = median(one);
  const row = (what: string, ms: number): Record<string, string | number> => ({
    what,
    ms: rounded(ms),
    'times one schedule': rounded(ms / onePlan),
  });
  const rows = [
    row('one schedule', onePlan),
    row('all at once', median(eager)),
    row('a few in each turn: the first turn', median(first)),
    row('a few in each turn: the longest of five turns', median(longest)),
  ];
  const title = `${CHANNELS} channels with stale schedules (${OBSERVATIONS} messages each) after a drop: the time for which the event loop is blocked`;
  return {
    tables: [{ title, rows, notes: [`CPU time; median of ${REPEATS}, in one process.`] }],
    figures: rows,
  };
}

function taught(channels: number, seed: number, mayPlan?: () => boolean): LatencyModel {
  const random = chance(seed);
  const times = new LatencyModel(mayPlan);
  for (let i = 0; i < OBSERVATIONS * channels; i += 1) {
    const ms = lognormal(1_500, 0.5, random);
    times.observe(String(i % channels), ms, ms);
  }
  return times;
}

/** Milliseconds of CPU time to compute the next poll of each channel: it is unaffected by other processes. */
function block(times: LatencyModel, channels: number): number {
  const cpuMicros = measureCpuMicros();
  for (let channel = 0; channel < channels; channel += 1) times.nextPollAge(String(channel), 0, 0.5);
  return cpuMicros() / 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
