/**
 * Puts back what an engine has forgotten: one that restarts may lose what it confirmed shortly before, and the holder of the shard still
 * has it.
 */
import type { FleetRecords, StoredRecord } from './engine.ts';

export interface HeldRecord {
  readonly id: string;
  readonly record: StoredRecord;
  /** By the engine's clock, in milliseconds since the epoch. */
  readonly trackedAt: number;
}

/**
 * A record that is younger than `keepSettledMs` is put back: had it an outcome, the engine would still know it, and `put` would have no
 * effect. An older one was not forgotten; another holder has told its outcome.
 */
export async function putBack(
  records: Pick<FleetRecords, 'put'>,
  shard: number,
  held: readonly HeldRecord[],
  { keepSettledMs, now }: { readonly keepSettledMs: number; readonly now: number },
): Promise<void> {
  const young = held.filter(({ trackedAt }) => now - trackedAt < keepSettledMs);
  await Promise.all(young.map(({ id, record }) => records.put(shard, id, record)));
}
