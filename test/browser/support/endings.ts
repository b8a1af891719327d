/**
 * The promise that every path has to keep: each message has exactly one end, a true one, and before the next poll that
 * would come without the sign which the test is about (the first safety poll, after 20 s). That it takes less than 2 s
 * is tested in stepped time: here the machine may be busy.
 */
import type { ChimeEmulator, TruthRecord } from '../../../src/emulator/index.ts';
import type { Ending } from '../page/driver.ts';

export const PROMISED_MS = 15_000;

/** The library's defaults for believing that a missing message was denied. */
const CONFIRM_DELAY_MS = 1_000;
const MIN_AGE_MS = 2_000;

export interface Promised {
  readonly emulator: ChimeEmulator;
  /** Our ids of the messages that it is about. */
  readonly ids: readonly string[];
  /** When requests began to be answered again. Default: they were answered all the time. */
  readonly openedAt?: number;
  /** Default `PROMISED_MS`. */
  readonly withinMs?: number;
}

/** What was not kept of the promise, for an assertion that shows it: 'SENT by status after 2300 ms'. */
export function brokenPromises(endings: readonly Ending[], promised: Promised): string[] {
  const { emulator, ids, openedAt = 0, withinMs = PROMISED_MS } = promised;
  return ids.flatMap((id) => {
    const [ending, ...more] = endings.filter((one) => one.id === id);
    if (ending === undefined) return [`${id} has no end`];
    if (more.length > 0) return [`${id} has ended ${more.length + 1} times`];
    const truth = emulator.messages.find(({ messageId }) => messageId === ending.messageId);
    if (truth?.status !== ending.status) return [`told ${ending.status}, is ${truth?.status}`];
    const lateMs = Math.round(ending.at - answerableAt(ending, truth, openedAt));
    return lateMs <= withinMs ? [] : [`${ending.status} by ${ending.evidence} after ${lateMs} ms`];
  });
}

/** A missing message may be believed to be denied only at a certain age, and after two misses that are apart. */
function answerableAt(
  { evidence }: Ending,
  { createdAt, decidedAt = Infinity }: TruthRecord,
  openedAt: number,
): number {
  const asked = Math.max(decidedAt, openedAt);
  return evidence === 'missing' ? Math.max(asked + CONFIRM_DELAY_MS, createdAt + MIN_AGE_MS) : asked;
}
