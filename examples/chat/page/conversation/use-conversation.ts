// A person's conversation for a component: the messages to render, each own one with its delivery.
import type { MergedMessage } from 'chime-delivery';
import { useMessages, useSend } from 'chime-delivery/react';
import { useCallback, useSyncExternalStore } from 'react';
import type { ChatMessage } from '../chime/message.ts';
import type { Person } from '../chime/person.ts';

export type Item = MergedMessage<ChatMessage>;

export function useConversation({ conversation, channelArn }: Person): {
  readonly items: readonly Item[];
  readonly refresh: (() => void) | undefined;
} {
  const { messages, refresh } = useSyncExternalStore(conversation.subscribe, conversation.read);
  return { items: useMessages(messages, { channelArn }), refresh };
}

/** Sends a text. The message is shown at once; its delivery has the status. */
export function useSendText({ channelArn }: Person): (text: string) => void {
  const send = useSend();
  return useCallback(
    (text) => void send({ ChannelArn: channelArn, Content: text, Type: 'STANDARD', Persistence: 'PERSISTENT' }),
    [send, channelArn],
  );
}

/** What is shown of a message: the text of an edit that is on its way comes before the old one. */
export function textOf({ message, delivery, edit }: Item): string {
  const isPending = edit?.status === 'SENDING' || edit?.status === 'PENDING';
  return (isPending ? edit.input?.Content : undefined) ?? message?.Content ?? delivery?.input?.Content ?? '';
}
