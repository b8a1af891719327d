// Says aloud, to those who listen to the page, what became of own messages and what others write.
import type { TerminalState } from 'chime-delivery';
import { useEffect, useState, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import { wordsFor } from './fate-words.ts';

export function Announcer({ person: { name, tracker, conversation } }: { person: Person }): ReactElement {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const announce = (state: TerminalState): void => {
      // What is listed after a reload was settled before it was tracked: no news.
      if (state.settledAt === state.trackedAt) return;
      const row = conversation.read().rows.find(({ delivery }) => delivery?.id === state.id);
      setSaid(`${name}, your message “${row?.text ?? ''}”: ${wordsFor(state)}`);
    };
    tracker.on('settled', announce);
    let heardUntil = Date.now();
    const stopListening = conversation.subscribe(() => {
      const last = conversation.read().rows.findLast(({ delivery }) => delivery === undefined);
      if (last === undefined || last.at <= heardUntil) return;
      heardUntil = last.at;
      setSaid(`${last.senderName} to ${name}: ${last.text}`);
    });
    return () => {
      tracker.off('settled', announce);
      stopListening();
    };
  }, [name, tracker, conversation]);
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}
