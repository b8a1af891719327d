// A person's conversation for a component, and the function that sends a text to it.
import { useSend } from 'chime-delivery/react';
import { useCallback, useSyncExternalStore } from 'react';
import type { Person } from '../chime/person.ts';
import type { ConversationView } from './conversation.ts';

export function useConversation({ conversation }: Person): ConversationView {
  return useSyncExternalStore(conversation.subscribe, conversation.read);
}

/** Sends a text and shows the message at once; its delivery has the status. */
export function useSendText({ name, channelArn, conversation }: Person): (text: string) => void {
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
