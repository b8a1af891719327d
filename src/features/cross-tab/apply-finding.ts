/** What another tab has found out, told to this one's deliveries: each registry judges for itself. */
import type { Subject } from 'rxjs';
import type { DeliveryRegistry, MessageKey, EvidenceReport } from '../../core/delivery-registry.ts';
import type { OutcomeEvidence } from '../../core/status.ts';
import type { Poller } from '../../poll/poller.ts';
import type { RemoteResult } from './protocol.ts';

export interface FindingPorts {
  readonly registry: DeliveryRegistry;
  readonly poller: Poller;
  readonly reports$: Subject<EvidenceReport>;
}

export function applyFinding(result: RemoteResult, { registry, poller, reports$ }: FindingPorts): void {
  const { messageId, channelArn, chimeBearer, subChannelId, isEdit, evidence } = result;
  // What push has told may be of a message that this tab does not know yet.
  const message: MessageKey = { messageId, channelArn, subChannelId, sender: chimeBearer, isEdit };
  if (evidence.kind === 'status' && isPushed(evidence.source)) return reports$.next({ message, evidence });
  if (evidence.kind === 'removed')
    return applyRemoval({ channelArn, message, at: evidence.at }, { registry, reports$ });
  // Reads are of messages: edits are read by the tab that has them.
  const delivery =
    isEdit === true ? undefined : registry.findMessage(messageId, { channelArn, chimeBearer, subChannelId });
  if (delivery?.record.status === 'PENDING') poller.onRemoteResult(delivery, evidence);
}

function isPushed(source: OutcomeEvidence): boolean {
  return source === 'websocket' || source === 'prefetch' || source === 'send-response';
}

/** A message, or every message of a channel, was deleted or redacted: to all deliveries that this may be about. */
export function applyRemoval(
  {
    channelArn,
    message,
    at,
  }: { readonly channelArn: string; readonly message: MessageKey | undefined; readonly at: number },
  { registry, reports$ }: Pick<FindingPorts, 'registry' | 'reports$'>,
): void {
  for (const delivery of registry.removed({ channelArn, message }, at))
    reports$.next({ delivery, evidence: { kind: 'removed', at } });
}
