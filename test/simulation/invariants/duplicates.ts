// No duplicates: one request token per message that the tracker sends, and each message once at the service.

import type { Facts, Report } from './facts.ts';

export function judgeDuplicates({ service, plan }: Facts, report: Report): void {
  const tokens = new Map<string, Set<string>>();
  for (const { call, byTracker } of service.arrivals) {
    if (!byTracker || call.operation !== 'SendChannelMessage') continue;
    const text = String(call.input['Content']);
    tokens.set(text, (tokens.get(text) ?? new Set()).add(String(call.input['ClientRequestToken'])));
  }
  for (const [text, { size }] of tokens) {
    if (size > 1 && !service.retried.has(text)) report('no duplicate', 'service', `${text} came with ${size} tokens`);
  }
  const copies = new Map<string, number>();
  for (const { submittedContent: text } of service.chime.messages) copies.set(text, (copies.get(text) ?? 0) + 1);
  for (const { text } of plan.messages) {
    const count = copies.get(text) ?? 0;
    if (count > 1 && !service.retried.has(text)) report('no duplicate', 'service', `${text} is there ${count} times`);
  }
}
