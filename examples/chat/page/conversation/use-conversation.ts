// A person's conversation for a component: the messages to render, each own one with its delivery.
import type { MergedMessage } from 'chime-delivery';
import { useMessages, useSend } from 'chime-delivery/react';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ChatMessage } from '../chime/message.ts';
import type { KeptFailure } from '../chime/kept-failures.ts';
import type { Person } from '../chime/person.ts';

export type Item = MergedMessage<ChatMessage>;

export function useConversation({ conversation, failures, channelArn }: Person): {
  readonly items: readonly Item[];
  readonly isLoading: boolean;
  readonly refresh: (() => void) | undefined;
} {
  const { messages, isLoading, refresh } = useSyncExternalStore(conversation.subscribe, conversation.read);
  const kept = useSyncExternalStore(failures.subscribe, failures.read);
  const merged = useMessages(messages, { channelArn });
  return { items: useMemo(() => withKept(merged, kept), [merged, kept]), isLoading, refresh };
}

/** Adds the failures of before a reload, by their time. */
function withKept(items: readonly Item[], kept: readonly KeptFailure[]): readonly Item[] {
  const ids = new Set(items.flatMap(({ key, message, delivery }) => [key, message?.MessageId, delivery?.messageId]));
  const others = kept.filter(({ delivery: { id, messageId } }) => !ids.has(id) && !ids.has(messageId ?? id));
  if (others.length === 0) return items;
  return [...items, ...others].toSorted((a, b) => timeOf(a).getTime() - timeOf(b).getTime());
}

export function timeOf({ message, delivery }: Item): Date {
  return message?.CreatedTimestamp ?? new Date(delivery?.trackedAt ?? 0);
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
