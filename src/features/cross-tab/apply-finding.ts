/** Applies results of other tabs to the deliveries of this one. Each tab's registry decides what they mean. */
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
  // A pushed status may be about a message that this tab does not track yet: the registry buffers it.
  const message: MessageKey = { messageId, channelArn, subChannelId, sender: chimeBearer, isEdit };
  if (evidence.kind === 'status' && isPushed(evidence.source)) return reports$.next({ message, evidence });
  if (evidence.kind === 'removed')
    return applyRemoval({ channelArn, message, at: evidence.at }, { registry, reports$ });
  // A read shows the message: each tab reads its own edits.
  const delivery =
    isEdit === true ? undefined : registry.findMessage(messageId, { channelArn, chimeBearer, subChannelId });
  if (delivery?.record.status === 'PENDING') poller.onRemoteResult(delivery, evidence);
}

function isPushed(source: OutcomeEvidence): boolean {
  return source === 'websocket' || source === 'prefetch' || source === 'send-response';
}

/** Reports a deletion or redaction, of a message or all messages of a channel, for all deliveries that it may be about. */
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
