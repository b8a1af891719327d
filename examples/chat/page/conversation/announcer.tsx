// A live region: screen readers announce the outcome of own messages, and the messages of others.
import type { TerminalState } from 'chime-delivery';
import { useEffect, useState, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import { statusText } from './status-text.ts';

export function Announcer({ person: { name, tracker, conversation } }: { person: Person }): ReactElement {
  const [announcement, setAnnouncement] = useState('');
  useEffect(() => {
    const announce = (state: TerminalState): void => {
      // A message that is listed after a reload had settled before it was tracked. It is not announced.
      if (state.settledAt === state.trackedAt) return;
      const row = conversation.read().rows.find(({ delivery }) => delivery?.id === state.id);
      setAnnouncement(`${name}, your message “${row?.text ?? ''}”: ${statusText(state)}`);
    };
    tracker.on('settled', announce);
    let announcedUntil = Date.now();
    const stopListening = conversation.subscribe(() => {
      const last = conversation.read().rows.findLast(({ delivery }) => delivery === undefined);
      if (last === undefined || last.at <= announcedUntil) return;
      announcedUntil = last.at;
      setAnnouncement(`${last.senderName} to ${name}: ${last.text}`);
    });
    return () => {
      tracker.off('settled', announce);
      stopListening();
    };
  }, [name, tracker, conversation]);
  return (
    <p className="visually-hidden" role="status">
      {announcement}
    </p>
  );
}
