/** Kills a sending program again and again, and reports the fate of its messages: `npm run kill -- --times 200`. */
import { parseArgs } from 'node:util';
import { killAgain } from './kill-again.ts';

const { values } = parseArgs({ options: { times: { type: 'string', default: '200' } } });
const times = Number(values.times);
const begun = performance.now();
const report = await killAgain({
  times,
  onLife: (life) => {
    if (life % 20 === 0) console.log(`killed ${life} of ${times} times`);
  },
});
const { kept, restored, torn, lost, duplicated, unkept, untrue, errors, left } = report;
console.log(`${((performance.now() - begun) / 1_000).toFixed(0)} s, ${times} kills with SIGKILL at random instants`);
console.table({
  'messages kept': kept,
  'deliveries that came back': restored,
  'records torn by a kill': torn,
  lost: lost.length,
  duplicated: duplicated.length,
  'left before it was written': unkept.length,
  'outcomes untrue or absent': untrue.length,
  errors: errors.length,
  'records left over': left,
});
const bad = [...lost, ...duplicated, ...unkept, ...untrue, ...errors];
for (const each of bad) console.log(each);
process.exitCode = bad.length + left > 0 ? 1 : 0;
