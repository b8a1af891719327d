/** The SDK's command of a send or an edit. */
import { SendChannelMessageCommand, UpdateChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { PendingSend } from './pending-send.ts';
import type { SendCommandInput, UpdateCommandInput } from './send-input.ts';

export function commandOf({ input, isEdit }: Pick<PendingSend, 'input' | 'isEdit'>): object {
  return isEdit
    ? new UpdateChannelMessageCommand(input as UpdateCommandInput)
    : new SendChannelMessageCommand(input as SendCommandInput);
}
