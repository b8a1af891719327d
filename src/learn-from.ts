/** What another tab has found out, told to this one's deliveries: each ledger judges for itself. */
import type { Subject } from 'rxjs';
import { isSameQuestion } from './core/known.ts';
import type { Ledger, Report } from './core/ledger.ts';
import type { Poller } from './poll/poller.ts';
import type { Finding } from './tabs/message.ts';

export interface LearnPorts {
  readonly ledger: Ledger;
  readonly poller: Poller;
  readonly told$: Subject<Report>;
}

export function learnFrom(finding: Finding, { ledger, poller, told$ }: LearnPorts): void {
  const { messageId, channelArn, chimeBearer: sender, subChannelId, update, evidence } = finding;
  const isSaid = evidence.kind === 'said';
  // What push has told may be of a message that this tab does not know yet.
  if (isSaid && evidence.source !== 'status' && evidence.source !== 'list') {
    return told$.next({ message: { messageId, channelArn, sender, update }, evidence });
  }
  const entry = ledger.find(messageId);
  if (entry === undefined) return;
  const { known } = entry;
  const asked = { channelArn, chimeBearer: sender, subChannelId, update: update ?? known.update };
  if (known.status === 'PENDING' && isSameQuestion(known, asked)) poller.hear(entry, evidence);
}
