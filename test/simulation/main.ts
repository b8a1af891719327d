// `npm run simulate`: runs worlds and prints the results.

import logUpdate from 'log-update';
import { readArguments, usage } from './arguments.ts';
import { Tally } from './tally.ts';
import { runWorld, type Outcome } from './world.ts';

const MAX_PRINTED = 3;
const PLAIN_PROGRESS_SECONDS = 10;
const seconds = secondsSince(process.hrtime.bigint());
const request = readArguments(process.argv.slice(2), Math.random());

switch (request.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'wrong':
    console.error(`${request.why}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'one': {
    const outcome = await runWorld(request.seed, request.trace ? (line) => console.log(line) : undefined);
    const tally = new Tally();
    tally.add(outcome);
    if (outcome.broken.length > 0) printBroken(outcome);
    console.log(tally.summary(seconds()));
    process.exitCode = outcome.broken.length > 0 ? 1 : 0;
    break;
  }
  case 'many': {
    const { from, runs, messages, keepGoing, json } = request;
    const tally = new Tally();
    let printedAt = 0;
    if (!json) console.log(`seeds from ${from}`);
    for (let seed = from; seed - from < runs && tally.messages < messages; seed += 1) {
      const outcome = await runWorld(seed);
      tally.add(outcome);
      if (outcome.broken.length > 0) {
        if (!json) printBroken(outcome);
        if (!keepGoing) break;
      }
      if (json) continue;
      if (process.stdout.isTTY) logUpdate(tally.progress(seconds()));
      else if (seconds() - printedAt >= PLAIN_PROGRESS_SECONDS) {
        printedAt = seconds();
        console.log(tally.progress(printedAt));
      }
    }
    if (process.stdout.isTTY && !json) logUpdate.clear();
    console.log(json ? JSON.stringify(tally) : tally.summary(seconds()));
    process.exitCode = tally.broken > 0 ? 1 : 0;
  }
}

function printBroken({ seed, broken }: Outcome): void {
  if (process.stdout.isTTY) logUpdate.clear();
  for (const { invariant, at, where, what } of broken.slice(0, MAX_PRINTED)) {
    console.log(`INVARIANT BROKEN: ${invariant}\n  ${where}, at ${(at / 1_000).toFixed(3)} s: ${what}`);
  }
  console.log(`replay: npm run simulate -- --seed ${seed} --trace`);
}

function secondsSince(begin: bigint): () => number {
  return () => Number(process.hrtime.bigint() - begin) / 1e9;
}
