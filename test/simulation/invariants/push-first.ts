// Push first: in a world without faults, a delivery that was decided before the first safety poll has cost nothing but
// its send.

import { partsOf } from '../plan/messages.ts';
import type { Facts, Report } from './facts.ts';

/** Well before the first safety poll (`polling.quietMs`), whatever time the event takes. */
const SOON_MS = 10_000;

const writes: ReadonlySet<string> = new Set(['SendChannelMessage', 'UpdateChannelMessage']);

export function judgePushFirst({ service, plan }: Facts, report: Report): void {
  if (!plan.calm) return;
  const all = plan.messages.flatMap(partsOf);
  const slow = new Set(all.filter(({ afterMs }) => afterMs > SOON_MS).map(({ text }) => text));
  for (const { call, byTracker } of service.arrivals) {
    if (!byTracker || writes.has(call.operation)) continue;
    const { submittedContent = '', updates = [] } = service.truthOf(call.messageId ?? '') ?? {};
    // A read may be needed to tell which of several edits an event is about (also of one that the service has refused since),
    // and whether a processor has rewritten its content.
    const edits = service.arrivals.filter(
      (other) => other.call.operation === 'UpdateChannelMessage' && other.call.messageId === call.messageId,
    );
    if (edits.length > 1 || (updates.length === 1 && plan.rewrites)) continue;
    const texts = [submittedContent, ...updates.map(({ content }) => content)];
    if (!texts.some((text) => slow.has(text)))
      report('push first', 'service', `${call.operation} for ${texts.join(', ')}`);
  }
}
