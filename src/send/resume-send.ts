/** Resumes a send, or an edit, of an earlier life, where its input was kept whole. */
import type { TrackedDelivery } from '../core/delivery.ts';
import type { CommandInput } from './pending-send.ts';
import { parseSendInput, parseUpdateInput, type SendInput, type UpdateInput } from './send-input.ts';
import type { Sender } from './sender.ts';

/** Returns false where `input` is no whole input of this delivery. */
export function resumeSend(
  sender: Pick<Sender, 'resume'>,
  delivery: TrackedDelivery,
  input: unknown,
  knownUnsent: boolean,
): boolean {
  const outgoing = readInput(delivery, input);
  if (outgoing === undefined) return false;
  sender.resume(delivery, outgoing, knownUnsent);
  return true;
}

function readInput({ record }: TrackedDelivery, input: unknown): CommandInput | undefined {
  try {
    if (record.isEdit) {
      const edit = parseUpdateInput(input as UpdateInput, record.chimeBearer);
      return edit.ChannelArn === record.channelArn && edit.ChimeBearer === record.chimeBearer ? edit : undefined;
    }
    const outgoing = parseSendInput(input as SendInput, record.chimeBearer);
    const { ChannelArn, ChimeBearer, ClientRequestToken } = outgoing;
    const own =
      ChannelArn === record.channelArn && ChimeBearer === record.chimeBearer && ClientRequestToken === record.token;
    return own ? outgoing : undefined;
  } catch {
    return undefined;
  }
}
