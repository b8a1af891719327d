// The live board: renders a screen as the lines of a terminal of a given size. Pure; `display.ts` writes them.
import type { Colors } from 'picocolors/types';
import type { MessageRow, Screen } from './screen.ts';
import { requestCounts, sourceColor, sourceLabel, linkLabel, seconds, statusColor, statusLabel } from './labels.ts';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly colors: Colors;
}

const GAP = '  ';
/** Number, status, source and time, with the spaces between them. */
const FIXED_WIDTH = 3 + 10 + 9 + 5;
const LONGEST_TEXT = 24;
/** A shorter text would be unreadable, so it is omitted. */
const SHORTEST_TEXT = 4;

export function drawBoard(screen: Screen, terminal: Terminal): string[] {
  const head = drawHead(screen, terminal);
  // The cursor rests on the line below.
  const height = Math.max(1, terminal.rows - 1 - head.length);
  const roomy = height > Math.ceil(screen.messages.length / 2);
  return [...head, ...(roomy ? [''] : []), ...drawMessages(screen.messages, terminal, roomy ? height - 1 : height)];
}

function drawHead({ elapsedMs, stats, caption, messages }: Screen, { columns, colors }: Terminal): string[] {
  const { requests, throttles, link } = stats;
  const time = `${seconds(elapsedMs).padStart(6)} `;
  const badge = cut(` ${linkLabel(link)} `, columns - time.length);
  const known = messages.filter(({ source, status }) => source !== undefined || status === 'UNKNOWN').length;
  const count = cut(`  ${known} of ${messages.length} outcomes known`, columns - time.length - badge.length);
  const paintBadge = link === 'up' ? colors.green : colors.yellow;
  return [
    // This line is first because it changes least: log-update does not rewrite it then.
    colors.bold(cut(`${seconds(caption.atMs).padStart(6)} ${caption.text}`, columns)),
    time + paintBadge(colors.inverse(badge)) + count,
    cut(`${' '.repeat(time.length)}requests: ${requestCounts(requests)}   429s: ${throttles}`, columns),
  ];
}

function drawMessages(messages: readonly MessageRow[], terminal: Terminal, height: number): string[] {
  const { columns, colors } = terminal;
  const most = Math.max(1, Math.floor((columns + GAP.length) / (FIXED_WIDTH + GAP.length)));
  const across = Math.min(most, Math.max(2, Math.ceil(messages.length / height)));
  const perColumn = Math.ceil(messages.length / across);
  const width = Math.floor((columns + GAP.length) / across) - GAP.length;
  const lines = Array.from({ length: perColumn }, (_, line) =>
    Array.from({ length: across }, (_, column) => messages[column * perColumn + line])
      .filter((row) => row !== undefined)
      .map((row) => drawRow(row, width, colors))
      .join(GAP),
  );
  if (lines.length <= height) return lines;
  const left = cut('… enlarge the terminal to see the rest', columns);
  return [...lines.slice(0, height - 1), colors.dim(left)];
}

function drawRow(row: MessageRow, width: number, colors: Colors): string {
  const room = width - FIXED_WIDTH - 1;
  const text = room < SHORTEST_TEXT ? 0 : Math.min(room, LONGEST_TEXT);
  const number = `${String(row.number).padStart(2)} `;
  const label = text > 0 ? `${cut(row.text, text).padEnd(text)} ` : '';
  if (row.status === undefined) return colors.dim(`${number}${label}`.padEnd(width));
  const status = statusLabel(row.status).padEnd(10);
  const source = sourceLabel(row).padEnd(9);
  const plain = `${number}${label}${status}${source}${seconds(row.tookMs).padStart(5)}`;
  if (plain.length > width) return cut(plain, width);
  return (
    number +
    label +
    statusColor(row.status, colors)(status) +
    sourceColor(row.source, colors)(source) +
    seconds(row.tookMs).padStart(5) +
    ' '.repeat(width - plain.length)
  );
}

/** At most so many characters; the last one is `…` when the text was cut. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}
