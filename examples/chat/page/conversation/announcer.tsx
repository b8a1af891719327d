// A live region: screen readers announce the outcome of own messages, and the messages of others.
import type { TerminalState } from 'chime-delivery';
import { useEffect, useState, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import { statusText } from './status-text.ts';

export function Announcer({ person: { name, arn, tracker, conversation } }: { person: Person }): ReactElement {
  const [announcement, setAnnouncement] = useState('');
  useEffect(() => {
    const announce = (state: TerminalState): void => {
      // A message that is listed after a reload had settled before it was tracked. It is not announced.
      if (state.settledAt === state.trackedAt) return;
      const listed = conversation.read().messages.find(({ MessageId }) => MessageId === state.messageId);
      const text = state.input?.Content ?? listed?.Content ?? '';
      const what = state.operation === 'update' ? 'your edit' : 'your message';
      setAnnouncement(`${name}, ${what} “${text}”: ${statusText(state)}`);
    };
    tracker.on('settled', announce);
    let announcedUntil = Date.now();
    const stopListening = conversation.subscribe(() => {
      const last = conversation.read().messages.findLast(({ Sender }) => Sender?.Arn !== arn);
      if (last === undefined || last.CreatedTimestamp.getTime() <= announcedUntil) return;
      announcedUntil = last.CreatedTimestamp.getTime();
      setAnnouncement(`${last.Sender?.Name ?? 'Somebody'} to ${name}: ${last.Content ?? ''}`);
    });
    return () => {
      tracker.off('settled', announce);
      stopListening();
    };
  }, [name, arn, tracker, conversation]);
  return (
    <p className="visually-hidden" role="status">
      {announcement}
    </p>
  );
}
