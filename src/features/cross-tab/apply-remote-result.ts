/** Applies results of other tabs to the deliveries of this one. Each tab's registry decides what they mean. */
import type { MessageReference } from '../../core/identity.ts';
import type { OutcomeEvidence } from '../../core/status.ts';
import type { TrackerContext } from '../../tracker/feature.ts';
import type { RemoteResult } from './protocol.ts';

type RemoteResultPorts = Pick<TrackerContext, 'registry' | 'report' | 'reportRemoval' | 'onRemoteResult'>;

export function applyRemoteResult(result: RemoteResult, ports: RemoteResultPorts): void {
  const { messageId, channelArn, chimeBearer, subChannelId, isEdit, evidence } = result;
  // A pushed status may be about a message that this tab does not track yet: the registry buffers it.
  const message: MessageReference = { messageId, channelArn, subChannelId, sender: chimeBearer, isEdit };
  if (evidence.kind === 'status' && isPushed(evidence.source)) return ports.report({ message, evidence });
  if (evidence.kind === 'removed') return ports.reportRemoval({ channelArn, message, at: evidence.at });
  // A read shows the message: each tab reads its own edits.
  const delivery =
    isEdit === true ? undefined : ports.registry.findMessage(messageId, { channelArn, chimeBearer, subChannelId });
  if (delivery?.record.status === 'PENDING') ports.onRemoteResult(delivery, evidence);
}

function isPushed(source: OutcomeEvidence): boolean {
  return source === 'websocket' || source === 'prefetch' || source === 'send-response';
}
