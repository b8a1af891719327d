// Reads the command line of `npm run simulate`: what to run, or what is wrong with it. It prints nothing; `main.ts` does.

import { parseArgs } from 'node:util';

export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'one'; readonly seed: number; readonly trace: boolean }
  | {
      readonly kind: 'many';
      readonly from: number;
      /** Ends after so many worlds, or so many messages. */
      readonly runs: number;
      readonly messages: number;
      readonly keepGoing: boolean;
      readonly json: boolean;
    }
  | { readonly kind: 'wrong'; readonly why: string };

const defaultRuns = 1_000;
const largestSeed = 2 ** 31;

export const usage: string = `Usage: npm run simulate                            ${defaultRuns} worlds, seeds from 1
       npm run simulate -- --runs 100000          so many
       npm run simulate -- --seed 7 --trace       one world, line by line

Simulates whole worlds (apps, service, network, websockets) in virtual time, and checks the library's invariants in each.

  --runs <n>       the number of worlds
  --messages <n>   as many worlds as that number of messages needs
  --from <n>       the first seed, and the others count up from it (1)
  --fresh          a random first seed, which is printed
  --keep-going     go on after a broken invariant
  --json           print the summary as one line of JSON, and no progress
  --seed <n>       exactly one world
  --trace          with --seed: print everything that happens in it
  --help           this text

Exit code: 0 every invariant was kept, 1 one was broken (its seed is printed), 2 wrong arguments.`;

/** @param chance in [0, 1), for `--fresh` */
export function readArguments(args: readonly string[], chance: number): Request {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        runs: { type: 'string' },
        messages: { type: 'string' },
        from: { type: 'string' },
        fresh: { type: 'boolean' },
        'keep-going': { type: 'boolean' },
        json: { type: 'boolean' },
        seed: { type: 'string' },
        trace: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { kind: 'help' };
    if (values.seed !== undefined) {
      const other = (['runs', 'messages', 'from', 'fresh', 'keep-going', 'json'] as const).find(
        (name) => values[name] !== undefined,
      );
      if (other !== undefined) return wrong(`--seed is one world: --${other} has no place beside it`);
      return { kind: 'one', seed: whole('--seed', values.seed, 0), trace: values.trace === true };
    }
    if (values.trace === true) return wrong('--trace needs --seed <n>');
    if (values.from !== undefined && values.fresh === true) return wrong('--from and --fresh exclude each other');
    const messages = values.messages === undefined ? Infinity : whole('--messages', values.messages, 1);
    const fallback = messages === Infinity ? defaultRuns : Infinity;
    return {
      kind: 'many',
      from: values.fresh === true ? Math.floor(chance * largestSeed) : whole('--from', values.from ?? '1', 0),
      runs: values.runs === undefined ? fallback : whole('--runs', values.runs, 1),
      messages,
      keepGoing: values['keep-going'] === true,
      json: values.json === true,
    };
  } catch (error) {
    const { message } = error as Error;
    // The first sentence of parseArgs says what was wrong; the next one how to pass it all the same.
    return wrong(message.split(/\.\s/)[0] ?? message);
  }
}

function whole(option: string, text: string, least: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  throw new Error(`${option}: expected a whole number, at least ${least}; got '${text}'`);
}

function wrong(why: string): Request {
  return { kind: 'wrong', why };
}
