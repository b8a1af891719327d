// A person's conversation in a component, and the way to say something in it.
import { useSend } from 'chime-delivery/react';
import { useCallback, useSyncExternalStore } from 'react';
import type { Person } from '../chime/person.ts';
import type { ConversationView } from './conversation.ts';

export function useConversation({ conversation }: Person): ConversationView {
  return useSyncExternalStore(conversation.subscribe, conversation.read);
}

/** Sends, and shows the message at once: its delivery says what becomes of it. */
export function useSay({ name, channelArn, conversation }: Person): (text: string) => void {
  const send = useSend();
  return useCallback(
    (text) => {
      const key = crypto.randomUUID();
      const delivery = send({
        ChannelArn: channelArn,
        Content: text,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: key,
        Metadata: key,
      });
      conversation.add({ key, senderName: name, text, at: Date.now(), delivery });
    },
    [send, name, channelArn, conversation],
  );
}
