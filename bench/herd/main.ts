/**
 * A thousand clients of one channel reconnect at once: does the channel's shared budget hold, and when does each client
 * know its outcomes?
 */
import { chimeDelivery } from '../contenders/chime-delivery.ts';
import { listAtOnce } from '../contenders/list-at-once.ts';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';
import { limitMs, reconnect, type HerdFigures } from './reconnect.ts';

const SEED = 1;
const contenders = [
  chimeDelivery(),
  chimeDelivery('chime-delivery, batch: false', 'one by one', { polling: { batch: false } }),
  listAtOnce,
];
/** The channel accepts 30 sends/s, 1 800 in 60 s: five of each of a thousand are worse than possible. */
const loads = [
  { clients: 1_000, each: 1 },
  { clients: 1_000, each: 5 },
  { clients: 50, each: 36 },
];

export async function herd(): Promise<Findings> {
  const figures: HerdFigures[] = [];
  for (const load of loads) {
    for (const contender of contenders) figures.push(await reconnect(contender, { ...load, seed: SEED }));
  }
  const rows = figures.map(({ contender, clients, each, requests, list, throttled, median, slowest20th, last }) => ({
    clients,
    'pending each': each,
    contender,
    requests,
    lists: list,
    '429s': throttled,
    'median, s': shown(median),
    '95 %': shown(slowest20th),
    last: shown(last),
  }));
  const notes = [
    `Per user 10 requests/s, per channel 30 lists/s (in the emulator's service). Virtual time, seed ${SEED}; plain clients without the SDK's middleware.`,
    `${listAtOnce.name}: ${listAtOnce.settings}`,
  ];
  return {
    tables: [
      {
        title:
          'Many clients of one channel, all back at the same moment after 60 s: seconds until each knows its own outcomes',
        rows,
        notes,
      },
    ],
    figures,
  };
}

function shown(seconds: number): string | number {
  return seconds === Infinity ? `> ${limitMs / 1_000}` : rounded(seconds);
}
