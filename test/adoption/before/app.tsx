import { useEffect, useReducer, type ReactElement } from 'react';
import { channelArn, member } from '../shared/address.ts';
import { Composer, Message, type Actions } from '../shared/components.tsx';
import { listMessages, sendMessage, updateMessage } from './api.ts';
import { session } from './chime.ts';
import { fromEvent, reduce } from '../shared/messages.ts';

export const App = (): ReactElement => <Chat />;

function Chat(): ReactElement {
  const [messages, add] = useReducer(reduce, []);
  useEffect(() => {
    session.addObserver({
      messagingSessionDidReceiveMessage: ({ type, payload }) => {
        if (/^(CREATE|UPDATE)_CHANNEL_MESSAGE$/.test(type)) add([fromEvent(payload)]);
      },
      // Also after a reconnect: events are never repeated.
      messagingSessionDidStart: () => void listMessages(channelArn, member).then(add),
    });
    void session.start();
  }, []);
  const send = (text: string): void => {
    sendMessage(channelArn, text, 'PERSISTENT', 'STANDARD', member).catch(() => undefined);
  };
  const can: Actions = {
    edit: (id, text) => void updateMessage(channelArn, id, text, member),
    sendAgain: (id) => send(messages.find(({ MessageId }) => MessageId === id)?.Content ?? ''),
  };
  return (
    <main>
      <ul>
        {messages.map(({ MessageId: id, Status: status, ...message }) => (
          <Message key={id} id={id} message={message} status={status?.Value} {...can} />
        ))}
      </ul>
      <Composer onSend={send} />
    </main>
  );
}
