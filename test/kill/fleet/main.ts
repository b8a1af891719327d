/** Kills the processes of a fleet and its Redis again and again: `npm run kill:fleet -- --kills 200 --pauses 20 --ends 10 --redis 5 --stalls 10 --cuts 20`. */
import { parseArgs } from 'node:util';
import { killFleet } from './kill-fleet.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    pauses: { type: 'string', default: '20' },
    ends: { type: 'string', default: '10' },
    redis: { type: 'string', default: '5' },
    stalls: { type: 'string', default: '10' },
    cuts: { type: 'string', default: '20' },
    // Another checkout of this repository, which every second worker runs.
    other: { type: 'string' },
    // `update` or `settle`: without this fence, which has to fail.
    without: { type: 'string' },
  },
});
const begun = performance.now();
const report = await killFleet({
  kills: Number(values.kills),
  pauses: Number(values.pauses),
  ends: Number(values.ends),
  redisKills: Number(values.redis),
  stalls: Number(values.stalls),
  cuts: Number(values.cuts),
  other: values.other,
  without: values.without === 'update' || values.without === 'settle' ? values.without : undefined,
  onEvent: (line) => console.log(line),
});
const { handedOver, lost, toldTwice, untrue, duplicated, throttled, busiestSecond, takeOvers, longestUnowned } = report;
const times = (sorted: readonly number[]): string => {
  const at = (share: number): string =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1_000).toFixed(2);
  return sorted.length === 0 ? '-' : `${at(0.5)} / ${at(0.95)} / ${at(1)} s`;
};
console.log(`${((performance.now() - begun) / 1_000).toFixed(0)} s`);
console.table({
  'messages handed over': handedOver,
  lost: lost.length,
  'told twice': toldTwice.length,
  untrue: untrue.length,
  'duplicated at the service': duplicated.length,
  '429 answers': throttled,
  'busiest second of a bearer': busiestSecond,
  'take-over after a kill, p50 / p95 / max': times(takeOvers.kill),
  'take-over after a pause': times(takeOvers.pause),
  'take-over after a stall': times(takeOvers.stall),
  'take-over after SIGTERM': times(takeOvers.end),
  'longest time without a holder': `${(longestUnowned / 1_000).toFixed(2)} s`,
});
const bad = [...lost, ...toldTwice, ...untrue, ...duplicated];
for (const each of bad) console.log(each);
process.exitCode = bad.length + throttled > 0 ? 1 : 0;
