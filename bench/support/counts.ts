/** The requests to a service, from its log. */
import type { RequestRecord } from '../../src/emulator/request-log.ts';

export interface Counts {
  /** All but sends. */
  readonly requests: number;
  readonly status: number;
  readonly list: number;
  readonly message: number;
  /** Of all of them, those with a 429. */
  readonly throttled: number;
}

export function countOf(log: readonly RequestRecord[]): Counts {
  const looks = log.filter(({ operation }) => operation !== 'SendChannelMessage');
  const of = (wanted: RequestRecord['operation']): number =>
    looks.filter(({ operation }) => operation === wanted).length;
  return {
    requests: looks.length,
    status: of('GetChannelMessageStatus'),
    list: of('ListChannelMessages'),
    message: of('GetChannelMessage'),
    throttled: looks.filter(({ status }) => status === 429).length,
  };
}
