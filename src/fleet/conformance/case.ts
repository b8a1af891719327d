/** A case of the conformance suite, and what cases share. */
import type { FleetEngine, OutcomeEntry, StoredRecord } from '../engine.ts';
import { monotonicNow } from '../../shared/time.ts';
import { pause } from '../wait.ts';

export type Case = (engine: FleetEngine, other: FleetEngine) => Promise<void>;

export const FLEET = { shards: 8, leaseMs: 1_000, keepSettledMs: 2_000 };
/** How long a case waits for a fact, in milliseconds. */
const PATIENCE_MS = 15_000;

export function record(text: string): StoredRecord {
  return { names: ['arn:a', 'arn:b'], text };
}

/** Waits until the group gets `count` outcomes. */
export async function take(
  engine: FleetEngine,
  group: string,
  count: number,
  consumer = 'one',
  visibilityMs = 10_000,
): Promise<OutcomeEntry[]> {
  const entries: OutcomeEntry[] = [];
  const { signal } = new AbortController();
  await until(async () => {
    const options = { count: count - entries.length, visibilityMs, signal };
    entries.push(...(await engine.outcomes.take(group, consumer, options)));
    return entries.length >= count;
  });
  return entries;
}

/** Throws where the group gets an outcome within two times `visibilityMs`. */
export async function nothing(engine: FleetEngine, group: string, visibilityMs = 500): Promise<void> {
  const { signal } = new AbortController();
  const end = monotonicNow() + 2 * visibilityMs;
  while (monotonicNow() < end)
    same(await engine.outcomes.take(group, 'another', { count: 1, visibilityMs, signal }), []);
}

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = monotonicNow() + PATIENCE_MS;
  while (!(await isSo())) {
    if (monotonicNow() > end) throw new Error(`It was not so after ${PATIENCE_MS} ms: ${isSo.toString()}`);
    await pause(20);
  }
}

export function same(actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`Expected ${wanted}, got ${got}.`);
}
