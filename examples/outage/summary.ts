// The table and the closing sentence of a result. Pure.
import type { DeliveryStatus } from 'chime-delivery';
import type { Colors } from 'picocolors/types';
import { problemsIn, isOpen, isTrue, type Ending, type Result } from './result.ts';
import { sourceOf, type OutcomeSource } from './screen.ts';
import { requestCounts, seconds, statusColor, statusLabel } from './labels.ts';

const shown: readonly DeliveryStatus[] = ['SENT', 'FAILED', 'DENIED', 'UNKNOWN'];
const sources: readonly OutcomeSource[] = ['push', 'poll', 'missing', 'response'];

export function summarize(result: Result, colors: Colors): string[] {
  const { stats, notices, service } = result;
  const { requests, polls, throttles } = stats;
  const total = requests.send + requests.status + requests.message + requests.list;
  const busiest = service === undefined ? '' : `, at most ${service.busiestSecond} in one second`;
  const problems = problemsIn(result);
  return [
    ...table(result, colors),
    '',
    `requests  ${total}: ${requestCounts(requests)}${busiest}`,
    `polls     ${polls}   429s ${throttles}   websocket down for ${seconds(result.downMs)}`,
    ...(service === undefined
      ? ['truth     not known on a real account; the outcomes are as the service reported them']
      : []),
    ...notices.map((notice) => colors.yellow(`note      ${notice}`)),
    ...problems.map((problem) => colors.red(`problem   ${problem}`)),
    '',
    colors.bold((problems.length === 0 ? colors.green : colors.red)(closingSentence(result, problems.length))),
  ];
}

function table(result: Result, colors: Colors): string[] {
  const { endings, service } = result;
  const headings = ['outcome', 'messages', ...(service === undefined ? [] : ['true', 'false']), ...sources];
  const cells = (name: string, of: readonly Ending[]): string[] => {
    const good = of.filter((ending) => isTrue(ending, result)).length;
    const source = sources.map((each) => of.filter(({ state }) => sourceOf(state) === each).length);
    return [name, of.length, ...(service === undefined ? [] : [good, of.length - good]), ...source].map(String);
  };
  const outcomes = shown.flatMap((status) => {
    const of = endings.filter(({ state }) => state?.status === status);
    // UNKNOWN has a row only when a message has that outcome.
    if (of.length === 0 && status === 'UNKNOWN') return [];
    return [statusColor(status, colors)(align(cells(statusLabel(status), of)))];
  });
  const open = endings.filter(isOpen);
  return [
    colors.dim(align(headings)),
    ...outcomes,
    ...(open.length === 0 ? [] : [colors.inverse(align(cells('  open', open)))]),
    align(cells('  all', endings)),
  ];
}

function align([name = '', ...cells]: readonly string[]): string {
  return name.padEnd(10) + cells.map((cell) => cell.padStart(9)).join('');
}

function closingSentence({ endings, downMs, service }: Result, problems: number): string {
  const all = endings.length;
  const open = endings.filter(isOpen).length;
  if (open > 0) return `Not finished: ${open} of ${all} messages have no outcome.`;
  if (problems > 0) return `Not successful: ${problems} problem${problems === 1 ? '' : 's'}, listed above.`;
  const which = service === undefined ? `the service's own` : 'true';
  return `All ${all} outcomes are ${which}, each reported once, despite ${seconds(downMs)} without a websocket.`;
}
