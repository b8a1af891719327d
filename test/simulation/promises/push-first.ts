// Promise 4: in a world in which nothing goes wrong, what was decided before the first safety look has cost nothing but its
// send.

import type { Facts, Report } from './facts.ts';

/** Well before the first safety look (`polling.quietMs`), whatever time the event takes. */
const SOON_MS = 10_000;

export function judgePushFirst({ service, plan }: Facts, report: Report): void {
  if (!plan.calm) return;
  const slow = new Set(plan.messages.filter(({ afterMs }) => afterMs > SOON_MS).map(({ text }) => text));
  for (const { call, byTracker } of service.arrivals) {
    if (!byTracker || call.operation === 'SendChannelMessage') continue;
    const content = service.truthOf(call.messageId ?? '')?.content;
    if (content === undefined || !slow.has(content))
      report('push first', 'service', `${call.operation} for ${content}`);
  }
}
