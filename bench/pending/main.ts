/**
 * How soon outcomes are known without a websocket while messages are still being processed, and for how many requests.
 */
import { lognormal } from '../support/chance.ts';
import { mean, quantile, rounded } from '../support/numbers.ts';
import type { Cell, Findings } from '../support/section.ts';
import { pollsForEver, sharedPollsForEver } from './for-ever.ts';
import { afterReconnect, type Reconnect } from './reconnect.ts';
import { watch, type PendingFigures, type Processing, type Scene } from './scene.ts';

const threeSeconds: Processing = () => 3_000;
const mixed: Processing = (random) => (random() < 0.9 ? 800 : 60_000);
const usual: Processing = (random) => lognormal(1_500, 0.3, random);

export const scenes: readonly Scene[] = [
  { name: '50 bearers x 20, 3 s', bearers: 50, each: 20, withinMs: 1_000, processing: threeSeconds, seeds: 5 },
  { name: '2 000 in 5 channels, 3 s', each: 2_000, channels: 5, withinMs: 1_000, processing: threeSeconds, seeds: 5 },
  { name: '20 in one channel, 3 s', each: 20, withinMs: 2_000, processing: threeSeconds, seeds: 20 },
  { name: '1, 90 % 0.8 s, 10 % 60 s', each: 1, withinMs: 1_000, processing: mixed, seeds: 100 },
  { name: '100 in 5 channels, the same', each: 100, channels: 5, withinMs: 10_000, processing: mixed, seeds: 10 },
  { name: '2 000 in one channel, lognormal', each: 2_000, withinMs: 10_000, processing: usual, seeds: 5 },
  { name: '500 in one channel, lognormal', each: 500, withinMs: 10_000, processing: usual, seeds: 5 },
  {
    name: '100 members x 5 in one channel, 1.5 s',
    bearers: 100,
    each: 5,
    channels: 'shared',
    withinMs: 1_000,
    processing: usual,
    seeds: 3,
  },
  { name: '1 message/s for 5 minutes', each: 300, withinMs: 300_000, processing: usual, seeds: 5 },
  { name: '100 sent at once', each: 100, withinMs: 0, processing: usual, isSent: true, seeds: 10 },
];

const reconnects: readonly Reconnect[] = [
  { heard: 0, by: 'alice' },
  { heard: 20, by: 'alice' },
  { heard: 20, by: 'bob' },
].flatMap((each) => [6, 12, 18].map((count) => ({ ...each, pending: count })));

export async function pending(): Promise<Findings> {
  const figures: (PendingFigures & { scene: string })[] = [];
  for (const scene of scenes) figures.push({ scene: scene.name, ...(await watch(scene)) });
  const after: Record<string, Cell>[] = [];
  for (const scene of reconnects) {
    const { requests, seconds } = await afterReconnect(scene);
    const heard = scene.heard === 0 ? 'none' : `${scene.heard} by ${scene.by} in ${scene.heard * 5} s`;
    after.push({
      pending: scene.pending,
      'earlier messages': heard,
      requests,
      'seconds until all are known': rounded(seconds),
    });
  }
  const polls = pollsForEver(300);
  const shared = await sharedPollsForEver(20);
  return {
    tables: [
      {
        title: 'Outcomes still to come, no websocket: seconds from outcome to known',
        rows: figures.map(row),
        notes: [
          "5 requests/s a client; plain clients with the emulator's service, virtual time. Sent within 1 s, 2 s (20), 10 s (100 in 5",
          'channels, lognormal: median 1.5 s, σ 0.3) or as named. Means over the seeds, 95 % and max over all messages of all seeds.',
          `A message that stays PENDING for ever: ${rounded(mean(polls))} requests in 48 h, at most ${Math.max(...polls)} (300 seeds).`,
          `Twenty of one channel: ${shared} requests together.`,
        ],
      },
      { title: 'Pending in one channel after a reconnect, sent in the 60 s before it', rows: after },
    ],
    figures: { pending: figures, reconnect: after, forEver: polls, sharedForEver: shared },
  };
}

function row({ scene, requests, lists, throttled, delays }: PendingFigures & { scene: string }): Record<string, Cell> {
  const unknown = delays.filter((delay) => delay === Infinity).length;
  return {
    scene,
    requests: rounded(requests, 4),
    lists: rounded(lists),
    '429s': rounded(throttled),
    'mean, s': rounded(mean(delays.filter((delay) => delay < Infinity))),
    '95 %': rounded(quantile(delays, 0.95)),
    max: unknown > 0 ? `${unknown} unknown` : rounded(Math.max(...delays)),
  };
}
