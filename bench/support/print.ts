/** Tables as text: numbers to the right, words to the left, at most 120 columns wide. */
import type { Cell, Table } from './section.ts';

const WIDTH = 120;

export function textOf({ title, rows, notes = [] }: Table): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const isNumeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, i) => (isNumeric[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  '),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const [head = '', ...body] = lines;
  return ['', title, rule, head, rule, ...body, rule, ...notes.map((note) => `  ${note}`)]
    .map((line) => line.trimEnd())
    .flatMap((line) => folded(line))
    .join('\n');
}

function shown(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US', { maximumFractionDigits: 10 }) : (cell ?? '');
}

function folded(line: string): string[] {
  if (line.length <= WIDTH) return [line];
  const at = line.lastIndexOf(' ', WIDTH);
  return at <= 0 ? [line] : [line.slice(0, at), ...folded(`    ${line.slice(at + 1)}`)];
}
