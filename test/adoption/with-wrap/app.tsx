import { DeliveryProvider, useMessages } from 'chime-delivery/react';
import { useEffect, useReducer, type ReactElement } from 'react';
import { channelArn, member } from '../shared/address.ts';
import { Composer, Message, type Actions } from '../shared/components.tsx';
import { listMessages, sendMessage, updateMessage } from './api.ts';
import { session, tracker } from './chime.ts';
import { fromEvent, reduce } from '../shared/messages.ts';

export const App = (): ReactElement => <DeliveryProvider tracker={tracker} children={<Chat />} />;

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
    sendAgain: (id) => void tracker.retry(id),
  };
  return (
    <main>
      <ul>
        {useMessages(messages, { channelArn }).map(({ key, message, delivery: own }) => (
          <Message key={key} id={own?.messageId ?? key} message={message ?? own?.input} status={own?.status} {...can} />
        ))}
      </ul>
      <Composer onSend={send} />
    </main>
  );
}
