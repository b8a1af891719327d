/** What another tab has found out, told to this one's deliveries: each ledger judges for itself. */
import type { Subject } from 'rxjs';
import type { Ledger, Report } from './core/ledger.ts';
import type { Poller } from './poll/poller.ts';
import type { Finding } from './tabs/message.ts';

export interface LearnPorts {
  readonly ledger: Ledger;
  readonly poller: Poller;
  readonly told$: Subject<Report>;
}

export function learnFrom(finding: Finding, { ledger, poller, told$ }: LearnPorts): void {
  const { messageId, channelArn, chimeBearer: sender, update, evidence } = finding;
  const isSaid = evidence.kind === 'said';
  // What push has told may be of a message that this tab does not know yet.
  if (isSaid && evidence.source !== 'status' && evidence.source !== 'list') {
    return told$.next({ message: { messageId, channelArn, sender, update }, evidence });
  }
  const entry = ledger.find(messageId);
  if (entry === undefined) return;
  const { known } = entry;
  const same =
    known.channelArn === channelArn && known.chimeBearer === sender && known.update === (update ?? known.update);
  if (same && known.status === 'PENDING') poller.hear(entry, evidence);
}
