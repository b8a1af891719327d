/** The cost of an outage: requests, 429s, and the time until all is known; this library beside its peers. */
import type { Findings } from '../support/section.ts';
import { travelMs } from '../support/sdk-client.ts';
import { rounded } from '../support/numbers.ts';
import { afterOutage, type OutageFigures } from './after-outage.ts';
import { ours, peers } from './contenders.ts';
import { pictures } from './pictures.ts';
import { flow, oneMessage, type OneMessageFigures } from './one-message.ts';

const SEED = 1;
const sizes = [1, 10, 100, 500, 2_000];
const repeats = 200;

const conditions = [
  `Real AWS SDK client, the emulator's service in process (10 requests/s a user, 429 above that), virtual time; seed ${SEED};`,
  `a request travels ${travelMs.join('-')} ms each way. All messages are SENT, and no other member writes in the channels.`,
];

export async function outage(): Promise<Findings> {
  const all = [...ours, ...peers];
  const after: OutageFigures[] = [];
  for (const pending of sizes) {
    for (const contender of all) after.push(await afterOutage(contender, { pending, channels: 1, seed: SEED }));
  }
  const many: OutageFigures[] = [];
  for (const pending of sizes.filter((size) => size >= 100)) {
    // A contender that polls message by message is independent of channels.
    for (const contender of ours) many.push(await afterOutage(contender, { pending, channels: 20, seed: SEED }));
  }
  const harder: (OutageFigures & { scene: string })[] = [];
  for (const contender of ours) {
    const scene = { pending: 500, channels: 1, seed: SEED };
    harder.push({ scene: '2 % denied', ...(await afterOutage(contender, { ...scene, denied: 0.02 })) });
    harder.push({
      scene: '3 messages of others for each own',
      ...(await afterOutage(contender, { ...scene, others: 3 })),
    });
  }
  const one: OneMessageFigures[] = [];
  for (const contender of all) one.push(await oneMessage(contender, { repeats, seed: SEED }));
  return {
    tables: [
      {
        title: 'After an outage: all outcomes exist, the websocket is back; one channel',
        rows: after.map(row),
        notes: conditions,
      },
      { title: 'The same in 20 channels', rows: many.map(row) },
      {
        title: 'Harder: 500 in one channel',
        rows: harder.map((figures) => ({ scene: figures.scene, ...row(figures) })),
      },
      {
        title: `One message sent into an outage of 60 s, after push had settled 50 (processing: lognormal, median ${flow.median / 1_000} s, σ ${flow.sigma}); ${repeats} times`,
        rows: one.map(({ contender, requests, delay, delay95 }) => ({
          contender,
          'requests each': rounded(requests),
          'mean delay, s': rounded(delay),
          '95 %': rounded(delay95),
        })),
        notes: all.map(({ name, settings }) => `${name}: ${settings}`),
      },
    ],
    figures: { after, many, harder, one },
    pictures: pictures(after),
  };
}

function row(figures: OutageFigures): Record<string, string | number> {
  const { contender, pending, requests, status, list, throttled, seconds, known } = figures;
  const unknown = pending - known;
  return {
    pending,
    contender,
    requests,
    status,
    lists: list,
    '429s': throttled,
    's until all known': unknown > 0 ? `${unknown} unknown` : rounded(seconds),
  };
}
