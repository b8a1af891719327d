/** The budget under pressure: the app uses a part of the service's 10 requests/s by itself, unknown to the tracker. */
import { chimeDelivery } from '../contenders/chime-delivery.ts';
import type { Contender } from '../contenders/contender.ts';
import { rxjsPoller } from '../contenders/rxjs-poller.ts';
import { groupBy } from '../support/group.ts';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';
import { underPressure, type PressureFigures } from './shared-budget.ts';

const seeds = [1, 2, 3];
const appRates = [3, 6, 10];
const pending = 300;
const minutes = 5;
const contenders: readonly (Contender | undefined)[] = [
  undefined,
  chimeDelivery(),
  chimeDelivery('chime-delivery, batch: false', 'one by one', { polling: { batch: false } }),
  rxjsPoller(),
];

export async function pressure(): Promise<Findings> {
  const figures: (PressureFigures & { seed: number })[] = [];
  for (const appPerSecond of appRates) {
    for (const contender of contenders) {
      for (const seed of seeds) {
        figures.push({ seed, ...(await underPressure(contender, { seed, appPerSecond, pending, minutes })) });
      }
    }
  }
  const rows = groupBy(figures, ({ appPerSecond, contender }) => `${appPerSecond} ${contender}`).map(row);
  return {
    tables: [
      {
        title: `The app's own calls beside ${pending} pending deliveries without a websocket; ${minutes} minutes, ${seeds.length} seeds together`,
        rows,
        notes: [
          "Service: 10 requests/s for both. The app's calls are independent (Poisson), with the SDK's default retries (3 attempts);",
          'failed: 429 for all three. Processing: lognormal, median 300 s, σ 0.5. The RxJS poller keeps 5 requests/s and does not adapt.',
        ],
      },
    ],
    figures,
  };
}

function row(figures: readonly PressureFigures[]): Record<string, string | number> {
  const sum = (pick: (one: PressureFigures) => number): number => figures.reduce((total, one) => total + pick(one), 0);
  const calls = sum(({ appCalls }) => appCalls);
  const requests = sum((one) => one.requests);
  const { appPerSecond = 0, contender = '' } = figures[0] ?? {};
  return {
    'app takes': `${appPerSecond * 10} %`,
    contender,
    requests,
    '429s, %': requests === 0 ? '' : rounded((sum(({ throttled }) => throttled) / requests) * 100),
    'app calls': calls,
    'repeated, %': rounded((sum(({ appRetried }) => appRetried) / calls) * 100),
    'failed, %': rounded((sum(({ appFailed }) => appFailed) / calls) * 100),
    'mean ms': Math.round(sum(({ appMean, appCalls }) => appMean * appCalls) / calls),
    '99 %': Math.round(Math.max(...figures.map(({ app99 }) => app99))),
    max: Math.max(...figures.map(({ appMax }) => appMax)),
  };
}
