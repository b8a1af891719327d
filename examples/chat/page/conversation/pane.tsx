// One person's chat: name, connection, messages and input.
import { RotateCcw } from 'lucide-react';
import { useCallback, useRef, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import { Announcer } from './announcer.tsx';
import { Bubble } from './bubble.tsx';
import { Composer } from './composer.tsx';
import { Connection } from './connection.tsx';
import type { Row } from './conversation.ts';
import { useConversation, useSendText } from './use-conversation.ts';

export function Pane({ person }: { person: Person }): ReactElement {
  const { name, conversation } = person;
  const { rows, refresh } = useConversation(person);
  const send = useSendText(person);
  const input = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);

  const sendText = useCallback(
    (text: string) => {
      send(text);
      // Scroll to the new message, also when the user had scrolled up.
      scroller.current?.scrollTo({ top: 0 });
    },
    [send],
  );
  const sendAgain = useCallback(
    ({ key, text }: Row) => {
      // FAILED is final, so this is a new message.
      conversation.hide(key);
      sendText(text);
      input.current?.focus();
    },
    [conversation, sendText],
  );

  return (
    <section className="pane card" aria-labelledby={`${name}-title`} data-person={name}>
      <header>
        <span className="avatar" aria-hidden>
          {name[0]}
        </span>
        <h2 id={`${name}-title`}>{name}</h2>
        <Connection tracker={person.tracker} />
      </header>
      {refresh !== undefined && (
        <p className="notice">
          Some messages may be missing.
          <button type="button" onClick={refresh}>
            <RotateCcw aria-hidden size={14} /> Load again
          </button>
        </p>
      )}
      {/* A scrollable region must be reachable by keyboard. */}
      <div ref={scroller} className="messages" role="group" tabIndex={0} aria-label={`Messages of ${name}`}>
        <ol>
          {rows.length === 0 && <li className="empty">Send a message. Then inject a fault, and send more.</li>}
          {rows.map((row) => (
            <Bubble key={row.key} row={row} onSendAgain={sendAgain} />
          ))}
        </ol>
      </div>
      <Composer name={name} onSend={sendText} inputRef={input} />
      <Announcer person={person} />
    </section>
  );
}
