/** Where a delivery of a fleet is, in words. Pure. */
import type { ShardInspection } from '../fleet/engine.ts';
import type { Outcome } from '../fleet/outcome.ts';
import type { FleetRecord, FleetStage } from '../fleet/record.ts';
import { seconds } from './duration.ts';

/** What the engine has of a delivery. */
export type FoundDelivery = { readonly record: FleetRecord | 'of another version' } | { readonly outcome: Outcome };

const stages: Readonly<Record<FleetStage, string>> = {
  unsent: 'No request for it has left: its worker sends it within the budget of its bearer.',
  sending:
    'A request for it has left, and the service has not answered: its worker sends it again with the same token.',
  calling: 'The process that was asked to send it does so, and has no answer yet.',
  accepted: 'The service has the message, and the channel flow has not decided, as far as its worker knows.',
};

/** @param at the engine's time */
export function explanationOf(id: string, found: FoundDelivery, shard: ShardInspection, at: number): string {
  if ('outcome' in found) {
    const { outcome } = found;
    const how = outcome.status === 'UNKNOWN' ? outcome.reason : outcome.evidence;
    return `${id}: ${outcome.status} (${how}), ${seconds(outcome.settledAt - outcome.trackedAt)} after it was handed over`;
  }
  const { record } = found;
  const holder = shard.holder ?? `no worker, for ${seconds(shard.unownedMs)}`;
  const place = `  shard ${shard.shard}, held by ${holder}`;
  if (record === 'of another version')
    return `${id}: no outcome yet\n${place}\n  Another version of chime-delivery has written its record.`;
  const { isEdit, messageId, channelArn, chimeBearer, trackedAt, stage } = record;
  const what = `${isEdit ? 'an edit of ' : ''}${messageId === undefined ? 'a message without a MessageId yet' : `message ${messageId}`}`;
  return [
    `${id}: no outcome yet, ${seconds(at - trackedAt)} after it was handed over`,
    place,
    `  ${what}`,
    `  in ${channelArn}`,
    `  of ${chimeBearer}`,
    // The holder says more of the one that has waited for longest.
    `  ${shard.oldest?.id === id ? shard.oldest.why : stages[stage]}`,
  ].join('\n');
}
