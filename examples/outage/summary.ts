// The closing table and sentence of a result. Pure.
import type { DeliveryStatus } from 'chime-delivery';
import type { Colors } from 'picocolors/types';
import { complaintsAbout, isOpen, isTrue, type Ending, type Result } from './result.ts';
import { learntOf, type Learnt } from './screen.ts';
import { asked, seconds, statusColor, statusWord } from './words.ts';

const shown: readonly DeliveryStatus[] = ['SENT', 'FAILED', 'DENIED', 'UNKNOWN'];
const ways: readonly Learnt[] = ['push', 'poll', 'missing', 'answer'];

export function summarize(result: Result, colors: Colors): string[] {
  const { stats, notices, service } = result;
  const { requests, polls, throttles } = stats;
  const total = requests.send + requests.status + requests.message + requests.list;
  const busiest = service === undefined ? '' : `, at most ${service.busiestSecond} in one second`;
  const complaints = complaintsAbout(result);
  return [
    ...table(result, colors),
    '',
    `requests  ${total}: ${asked(requests)}${busiest}`,
    `polls     ${polls}   429s ${throttles}   websocket away for ${seconds(result.downMs)}`,
    ...(service === undefined ? ['truth     not known on a real account; the outcomes are what the service said'] : []),
    ...notices.map((notice) => colors.yellow(`note      ${notice}`)),
    ...complaints.map((complaint) => colors.red(`wrong     ${complaint}`)),
    '',
    colors.bold((complaints.length === 0 ? colors.green : colors.red)(closingSentence(result, complaints.length))),
  ];
}

function table(result: Result, colors: Colors): string[] {
  const { endings, service } = result;
  const headings = ['outcome', 'messages', ...(service === undefined ? [] : ['true', 'false']), ...ways];
  const cells = (name: string, of: readonly Ending[]): string[] => {
    const good = of.filter((ending) => isTrue(ending, result)).length;
    const learnt = ways.map((way) => of.filter(({ state }) => learntOf(state) === way).length);
    return [name, of.length, ...(service === undefined ? [] : [good, of.length - good]), ...learnt].map(String);
  };
  const outcomes = shown.flatMap((status) => {
    const of = endings.filter(({ state }) => state?.status === status);
    // UNKNOWN is a row only where there is one to regret.
    if (of.length === 0 && status === 'UNKNOWN') return [];
    return [statusColor(status, colors)(align(cells(statusWord(status), of)))];
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

function closingSentence({ endings, downMs, service }: Result, complaints: number): string {
  const all = endings.length;
  const open = endings.filter(isOpen).length;
  if (open > 0) return `Not finished: ${open} of ${all} messages have no outcome.`;
  if (complaints > 0)
    return `Not as it should be: ${complaints} complaint${complaints === 1 ? '' : 's'}, listed above.`;
  const which = service === undefined ? `the service's own` : 'true';
  return `All ${all} outcomes are ${which}, each told once, despite ${seconds(downMs)} without a websocket.`;
}
