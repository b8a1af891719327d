/** The same outage in a hidden tab: every timer fires at the next full second after it is due. */
import { bottleneckJobs } from '../contenders/bottleneck-jobs.ts';
import { chimeDelivery } from '../contenders/chime-delivery.ts';
import type { Contender } from '../contenders/contender.ts';
import { afterOutage, type Outage, type OutageFigures } from '../outage/after-outage.ts';
import { peers } from '../outage/contenders.ts';
import { rounded } from '../support/numbers.ts';
import type { Findings } from '../support/section.ts';
import { withNaps } from './zero-timers.ts';

const SEED = 1;
const sizes = [100, 500];
const oneByOne = { polling: { batch: false } };

export async function hidden(): Promise<Findings> {
  const figures: (OutageFigures & { awake: number })[] = [];
  const run = async (contender: Contender, naps = false): Promise<void> => {
    for (const pending of sizes) {
      const scene: Outage = { pending, channels: 1, seed: SEED };
      const once = (outage: Outage): Promise<OutageFigures> =>
        naps ? withNaps(() => afterOutage(contender, outage)) : afterOutage(contender, outage);
      const { seconds } = await once(scene);
      figures.push({ ...(await once({ ...scene, alignMs: 1_000 })), awake: seconds });
    }
  };
  await run(chimeDelivery());
  await run(chimeDelivery("chime-delivery, with Bottleneck's timers"), true);
  await run(chimeDelivery('chime-delivery, batch: false', 'one by one', oneByOne));
  await run(chimeDelivery("chime-delivery, batch: false, with Bottleneck's timers", 'one by one', oneByOne), true);
  await run(bottleneckJobs);
  for (const peer of peers) await run(peer);
  const rows = figures
    .toSorted((a, b) => a.pending - b.pending)
    .map(({ pending, contender, requests, throttled, seconds, awake, known }) => ({
      pending,
      contender,
      requests,
      '429s': throttled,
      'seconds until all are known': known < pending ? `${pending - known} unknown` : rounded(seconds),
      'in a visible tab': rounded(awake),
    }));
  return {
    tables: [
      {
        title: 'After an outage in a hidden tab: timers fire at full seconds; one channel',
        rows,
        notes: [
          `Conditions as in the section outage, seed ${SEED}; the network's own delays are not aligned.`,
          `${bottleneckJobs.name}: ${bottleneckJobs.settings}`,
        ],
      },
    ],
    figures,
  };
}
