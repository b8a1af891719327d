/** What another tab has found out, told to this one's deliveries: each ledger judges for itself. */
import type { Subject } from 'rxjs';
import type { Ledger, MessageKey, Report } from './core/ledger.ts';
import type { OutcomeEvidence } from './core/message.ts';
import type { Poller } from './poll/poller.ts';
import type { Finding } from './tabs/message.ts';

export interface LearnPorts {
  readonly ledger: Ledger;
  readonly poller: Poller;
  readonly told$: Subject<Report>;
}

export function learnFrom(finding: Finding, { ledger, poller, told$ }: LearnPorts): void {
  const { messageId, channelArn, chimeBearer, subChannelId, update, evidence } = finding;
  // What push has told may be of a message that this tab does not know yet.
  const message = { messageId, channelArn, subChannelId, sender: chimeBearer, update };
  if (evidence.kind === 'said' && isPushed(evidence.source)) return told$.next({ message, evidence });
  if (evidence.kind === 'removed') return noteRemoval({ channelArn, message, at: evidence.at }, { ledger, told$ });
  // Reads are of messages: edits are read by the tab that has them.
  const entry = update === true ? undefined : ledger.findMessage(messageId, { channelArn, chimeBearer, subChannelId });
  if (entry?.known.status === 'PENDING') poller.hear(entry, evidence);
}

function isPushed(source: OutcomeEvidence): boolean {
  return source === 'websocket' || source === 'prefetch' || source === 'send-response';
}

/** A message, or every message of a channel, was deleted or redacted: to all deliveries that this may be about. */
export function noteRemoval(
  {
    channelArn,
    message,
    at,
  }: { readonly channelArn: string; readonly message: MessageKey | undefined; readonly at: number },
  { ledger, told$ }: Pick<LearnPorts, 'ledger' | 'told$'>,
): void {
  for (const entry of ledger.removed({ channelArn, message }, at))
    told$.next({ entry, evidence: { kind: 'removed', at } });
}
