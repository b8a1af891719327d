/** What another tab has found out, told to this one's deliveries: each ledger judges for itself. */
import type { Subject } from 'rxjs';
import type { Ledger, Report } from './core/ledger.ts';
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
  if (evidence.kind === 'removed' || (evidence.kind === 'said' && isPushed(evidence.source))) {
    return told$.next({ message: { messageId, channelArn, subChannelId, sender: chimeBearer, update }, evidence });
  }
  // Reads are of messages: edits are read by the tab that has them.
  const entry = update === true ? undefined : ledger.findCreate(messageId, { channelArn, chimeBearer, subChannelId });
  if (entry?.known.status === 'PENDING') poller.hear(entry, evidence);
}

function isPushed(source: OutcomeEvidence): boolean {
  return source === 'websocket' || source === 'prefetch' || source === 'send-response';
}
