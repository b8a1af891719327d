// The log of all requests that reached the emulator, in order of arrival. CORS preflights and websocket upgrades are not in it
// (the latter are in `connections`).

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
  /** The HTTP status of the answer; 0 while there is no answer, and if the request was reset, hung or lost. */
  readonly status: number;
  /** The error type of the answer, if any. */
  readonly error: string | undefined;
  /** The scripted fault that affected it, if any. */
  readonly fault: FaultKind | undefined;
  /** The SDK's count of its attempts at this request, from `amz-sdk-request`; undefined without that header. */
  readonly attempt: number | undefined;
}

/** The log's own, writable side of a record. */
export type OpenRecord = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

/**
 * The largest number of requests in any window of one second, the window's end excluded: two requests exactly 1000 ms
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
