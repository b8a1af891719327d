// The story as plain lines, for a pipe or a file: one line for each thing that is different from a moment ago. Pure.
import type { MessageRow, Screen } from './screen.ts';
import { learntWord, linkWord, seconds, statusWord } from './words.ts';

export function changesBetween(before: Screen | undefined, after: Screen): string[] {
  const { news, stats, elapsedMs } = after;
  const lines: string[] = [];
  if (before?.news !== news) lines.push(`-- ${news.says}`);
  if ((before?.stats.link ?? 'down') !== stats.link) lines.push(linkWord(stats.link));
  if (before !== undefined && before.stats.throttles < stats.throttles) lines.push('429: too many requests');
  after.messages.forEach((row, index) => {
    if (row.status !== before?.messages[index]?.status) lines.push(describe(row));
  });
  return lines.map((line) => `${seconds(elapsedMs).padStart(6)}  ${line}`);
}

function describe(row: MessageRow): string {
  const { number, status, learnt, text, tookMs } = row;
  const name = `#${String(number).padEnd(3)}${text.padEnd(14)}`;
  if (status === undefined) return name;
  if (learnt === undefined) return `${name}${statusWord(status)}`;
  return `${name}${statusWord(status).padEnd(10)}${learntWord(row).padEnd(9)}after ${seconds(tookMs)}`;
}
