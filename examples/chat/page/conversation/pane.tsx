// One person's chat: name, connection, messages and input.
import { RotateCcw } from 'lucide-react';
import { useCallback, useRef, type ReactElement } from 'react';
import type { Person } from '../chime/person.ts';
import { Announcer } from './announcer.tsx';
import { Bubble } from './bubble.tsx';
import { Composer } from './composer.tsx';
import { Connection } from './connection.tsx';
import { useConversation, useSendText, type Item } from './use-conversation.ts';

export function Pane({ person }: { person: Person }): ReactElement {
  const { name, arn, channelArn, tracker, failures } = person;
  const { items, isLoading, refresh } = useConversation(person);
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
    ({ message, delivery, edit }: Item) => {
      const failed = [delivery, edit].find((state) => state?.status === 'FAILED');
      if (failed !== undefined && tracker.get(failed.id) !== undefined) tracker.retry(failed.id);
      // It failed before a reload: the tracker does not know it any more.
      else send((failed && failures.take(failed.id)) ?? message?.Content ?? '');
      input.current?.focus();
    },
    [tracker, failures, send],
  );
  const edit = useCallback(
    ({ message }: Item, text: string) => {
      tracker.update({ ChannelArn: channelArn, MessageId: message?.MessageId, Content: text });
      input.current?.focus();
    },
    [tracker, channelArn],
  );

  return (
    <section className="pane card" aria-labelledby={`${name}-title`} data-person={name}>
      <header>
        <span className="avatar" aria-hidden>
          {name[0]}
        </span>
        <h2 id={`${name}-title`}>{name}</h2>
        <Connection person={person} />
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
          {isLoading && items.length === 0 && <Loading />}
          {!isLoading && items.length === 0 && <li className="empty">No messages yet.</li>}
          {items.map((item) => (
            <Bubble
              key={item.key}
              item={item}
              isMine={item.delivery !== undefined || item.message?.Sender?.Arn === arn}
              onSendAgain={sendAgain}
              onEdit={edit}
            />
          ))}
        </ol>
      </div>
      <Composer
        label={`Message from ${name}`}
        button={`Send as ${name}`}
        placeholder={`Write as ${name}`}
        onSend={sendText}
        inputRef={input}
      />
      <Announcer person={person} />
    </section>
  );
}

/** Where the messages will be. */
function Loading(): ReactElement {
  return (
    <>
      <li className="visually-hidden">Loading the messages…</li>
      {['55%', '70%', '40%'].map((width) => (
        <li key={width} className="placeholder" style={{ width }} aria-hidden />
      ))}
    </>
  );
}
