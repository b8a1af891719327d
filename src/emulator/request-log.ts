// Every request that reached the emulator, in order of arrival: for tests that count. CORS preflights and websocket
// upgrades are not in it (the latter are in `connections`).

import type { FaultKind } from './fault-rules.ts';
import type { Operation } from './service/operation.ts';

/** One HTTP request. */
export interface RequestRecord {
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** `'Unknown'` for a request that is no operation of this service. */
  readonly operation: Operation | 'Unknown';
  /** The `x-amz-chime-bearer`; empty where there was none. */
  readonly bearer: string;
  readonly channelArn: string | undefined;
  readonly messageId: string | undefined;
  /** The HTTP status that was answered; 0 while there is no answer, and for ever if it was reset, hung or lost. */
  readonly status: number;
  /** The error type that was answered, if any. */
  readonly error: string | undefined;
  /** The fault that was scripted for it, if one struck. */
  readonly fault: FaultKind | undefined;
  /** The SDK's count of its attempts at this request, from `amz-sdk-request`; undefined if it did not say. */
  readonly attempt: number | undefined;
}

/** The log's own, writable side of a record. */
export type OpenRecord = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

/**
 * The largest number of requests in any window of one second, the window's end left out: two requests exactly 1000 ms
 * apart are in different windows. All bearers together unless one is named.
 */
export function maxInSlidingSecond(log: readonly RequestRecord[], bearer?: string): number {
  const times = log.filter((record) => bearer === undefined || record.bearer === bearer).map((record) => record.at);
  times.sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  times.forEach((time, index) => {
    while (time - (times[first] ?? time) >= 1000) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
