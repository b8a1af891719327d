/** The status of a fleet as a table for a terminal. Pure. */
import type { FleetInspection } from '../fleet/engine.ts';
import { seconds } from './duration.ts';

/** One line a worker, what no worker holds, and one line a group of consumers. */
export function statusTable({ at, shards, groups }: FleetInspection): string {
  const names = [...new Set(shards.flatMap(({ holder }) => holder ?? []))].toSorted();
  const workers = names.map((name) => {
    const held = shards.filter(({ holder }) => holder === name);
    return [name, held.length, sum(held.map(({ pending }) => pending)), sum(held.map(({ inbox }) => inbox))];
  });
  const free = shards.filter(({ holder }) => holder === undefined);
  const orphans = free.filter(({ pending, inbox }) => pending + inbox > 0);
  const lines = [
    ...table(['worker', 'shards', 'pending', 'not taken in'], workers),
    '',
    free.length === 0
      ? `Each of the ${shards.length} shards has a worker.`
      : `${free.length} of ${shards.length} shards have no worker, the longest for ${seconds(Math.max(...free.map(({ unownedMs }) => unownedMs)))}: ${list(free.map(({ shard }) => shard))}.`,
    ...(orphans.length === 0 ? [] : [`${sum(orphans.map(({ pending }) => pending))} deliveries wait in them.`]),
    ...oldestOf(shards, at),
    '',
    ...table(
      ['outcomes for', 'backlog', 'dead letters'],
      groups.map(({ group, backlog, deadLetters }) => [group, backlog, deadLetters]),
    ),
  ];
  return lines.join('\n');
}

/** Those that have waited for longest, and why. */
function oldestOf(shards: FleetInspection['shards'], at: number, most = 5): string[] {
  const all = shards.flatMap(({ shard, oldest }) => (oldest === undefined ? [] : [{ shard, ...oldest }]));
  if (all.length === 0) return [];
  const shown = all.toSorted((a, b) => a.trackedAt - b.trackedAt).slice(0, most);
  return [
    '',
    'Without an outcome for longest:',
    ...shown.map(({ shard, id, trackedAt, why }) => `  ${id}, ${seconds(at - trackedAt)}, shard ${shard}: ${why}`),
  ];
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  // Numbers to the right, names to the left.
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The first few, and how many more. */
function list(numbers: readonly number[], most = 8): string {
  const shown = numbers.slice(0, most).join(', ');
  return numbers.length > most ? `${shown} and ${numbers.length - most} more` : shown;
}
