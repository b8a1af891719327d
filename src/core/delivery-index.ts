/**
 * Finds a tracked delivery: by its id, by its MessageId, by its request token, or by a restored record. Several deliveries may
 * share a name; the address and the operation select one.
 */
import type { TrackedDelivery } from './delivery.ts';
import { messageIdOf } from './delivery-record.ts';
import { isSameAddress, type MessageAddress, type MessageIdentity } from './identity.ts';
import { NameIndex } from './name-index.ts';

/** Selects one of the deliveries that share a name. */
export interface DeliveryQuery {
  readonly operation?: 'create' | 'update' | undefined;
  readonly channelArn?: string | undefined;
  readonly chimeBearer?: string | undefined;
}

/** What a restored record tells of its delivery. */
export type RestoredIdentity = MessageIdentity & { readonly id: string; readonly token: string | undefined };

export class DeliveryIndex extends NameIndex {
  /**
   * The delivery with this id. Otherwise the one with this MessageId: the message itself, or its latest edit with
   * `operation: 'update'`.
   */
  find(name: string, { operation, channelArn, chimeBearer }: DeliveryQuery = {}): TrackedDelivery | undefined {
    const candidates = this.all(name).filter(({ record }) => {
      if (channelArn !== undefined && record.channelArn !== channelArn) return false;
      if (chimeBearer !== undefined && record.chimeBearer !== chimeBearer) return false;
      return operation === undefined || record.isEdit === (operation === 'update');
    });
    const byId = candidates.find(({ record }) => record.id === name);
    if (byId !== undefined) return byId;
    const ofMessage = candidates.filter(({ record }) => messageIdOf(record) === name);
    if (operation === 'update') return ofMessage.at(-1);
    const first = ofMessage.find(({ record }) => !record.isEdit);
    return first && this.findMessage(name, first.record);
  }

  /** The delivery of the message itself, not of an edit. */
  findMessage(messageId: string, address: MessageAddress): TrackedDelivery | undefined {
    // Where a retry has got the MessageId of the send that it repeats, it is the later delivery that is still followed.
    return this.all(messageId).findLast(
      ({ record }) => !record.isEdit && record.messageId === messageId && isSameAddress(record, address),
    );
  }

  /** The message of an edit, also where only one of them names the sub-channel. */
  findMessageOf({ record: { messageId = '', channelArn, chimeBearer } }: TrackedDelivery): TrackedDelivery | undefined {
    return this.all(messageId).findLast(
      ({ record }) =>
        !record.isEdit &&
        record.messageId === messageId &&
        record.channelArn === channelArn &&
        record.chimeBearer === chimeBearer,
    );
  }

  /** The delivery that is sent with this token, unless the service has refused it: then the token may be used again. */
  findSend(token: string, address: MessageAddress): TrackedDelivery | undefined {
    const isSend = ({ record }: TrackedDelivery): boolean =>
      record.token === token && record.evidence !== 'rejected' && isSameAddress(record, address);
    return this.all(token).findLast(isSend);
  }

  /** The delivery that a restored record belongs to, if it is tracked already. */
  findRestored(record: RestoredIdentity): TrackedDelivery | undefined {
    const { id, token, messageId, isEdit } = record;
    // An edit has no name except its own id.
    if (isEdit)
      return this.all(id).find(({ record: own }) => own.isEdit && own.id === id && isSameAddress(own, record));
    const sent = token === undefined ? undefined : this.findSend(token, record);
    return sent ?? (messageId === undefined ? undefined : this.findMessage(messageId, record));
  }

  /** Whether the channel flow still processes the message of an edit, or another edit of it, as far as is known. */
  isProcessing(edit: TrackedDelivery): boolean {
    const messageId = messageIdOf(edit.record) ?? '';
    return this.all(messageId).some(
      (other) =>
        other !== edit &&
        other.record.status === 'PENDING' &&
        isSameAddress(other.record, edit.record) &&
        !isReadAsRefused(other),
    );
  }
}

/**
 * Whether the last read of a pending message showed FAILED or DENIED. The status may be that of an edit, so that the outcome of
 * the message is open, but the flow does not process the message any more.
 */
function isReadAsRefused({ lastEvidence }: TrackedDelivery): boolean {
  return lastEvidence?.kind === 'status' && (lastEvidence.status === 'FAILED' || lastEvidence.status === 'DENIED');
}
