// The run as plain lines, for a pipe or a file: one line for each change since the previous screen. Pure.
import type { MessageRow, Screen } from './screen.ts';
import { sourceLabel, linkLabel, seconds, statusLabel } from './labels.ts';

export function changesBetween(before: Screen | undefined, after: Screen): string[] {
  const { caption, stats, elapsedMs } = after;
  const lines: string[] = [];
  if (before?.caption !== caption) lines.push(`-- ${caption.text}`);
  if ((before?.stats.link ?? 'down') !== stats.link) lines.push(linkLabel(stats.link));
  if (before !== undefined && before.stats.throttles < stats.throttles) lines.push('429: too many requests');
  after.messages.forEach((row, index) => {
    if (row.status !== before?.messages[index]?.status) lines.push(describe(row));
  });
  return lines.map((line) => `${seconds(elapsedMs).padStart(6)}  ${line}`);
}

function describe(row: MessageRow): string {
  const { number, status, source, text, tookMs } = row;
  const name = `#${String(number).padEnd(3)}${text.padEnd(14)}`;
  if (status === undefined) return name;
  if (source === undefined) return `${name}${statusLabel(status)}`;
  return `${name}${statusLabel(status).padEnd(10)}${sourceLabel(row).padEnd(9)}after ${seconds(tookMs)}`;
}
