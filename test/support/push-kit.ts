// Sockets to listen to: a session as amazon-chime-sdk-js shows itself (CHIME.md has the measured table), and the events
// that come by it.

import { Subject } from 'rxjs';
import type { PushMessage } from '../../src/link/frame.ts';
import type { MessagingSessionLike, PushSource, SessionObserver } from '../../src/link/push-source.ts';
import { alice, channel } from './known.ts';

/** What an observer hears, in short. */
export type Said = 'connecting' | 'reconnecting' | 'started' | 'established' | 'stopped' | 'event' | 'nonsense';

export class FakeSession implements MessagingSessionLike {
  readonly observers: Set<SessionObserver> = new Set();
  readonly configuration: { readonly userArn?: string };

  constructor(userArn?: string) {
    this.configuration = userArn === undefined ? {} : { userArn };
  }

  addObserver(observer: SessionObserver): void {
    this.observers.add(observer);
  }

  removeObserver(observer: SessionObserver): void {
    this.observers.delete(observer);
  }

  say(said: Said): void {
    for (const observer of this.observers) {
      if (said === 'connecting') observer.messagingSessionDidStartConnecting?.(false);
      else if (said === 'reconnecting') observer.messagingSessionDidStartConnecting?.(true);
      else if (said === 'started') observer.messagingSessionDidStart?.();
      else if (said === 'stopped') observer.messagingSessionDidStop?.({ code: 4999 });
      else observer.messagingSessionDidReceiveMessage?.(messages[said]);
    }
  }

  hear(message: PushMessage): void {
    for (const observer of this.observers) observer.messagingSessionDidReceiveMessage?.(message);
  }
}

const messages: Record<'established' | 'event' | 'nonsense', PushMessage> = {
  established: { type: 'SESSION_ESTABLISHED', payload: null },
  event: { type: 'UPDATE_CHANNEL', payload: '{}' },
  nonsense: { type: 'CREATE_CHANNEL_MESSAGE', payload: 'not JSON' },
};

export class FakePush implements PushSource {
  readonly messages$: Subject<PushMessage> = new Subject();
  readonly link$: Subject<'up' | 'down'> = new Subject();
}

/** A message event, as the service sends it. */
export function event(type: string, payload: object = {}): PushMessage {
  const body = { ChannelArn: channel, MessageId: 'm1', Sender: { Arn: alice, Name: 'Alice' }, ...payload };
  return { type, headers: { 'x-amz-chime-event-type': type }, payload: JSON.stringify(body) };
}

/** The prefetch: one channel and its latest messages. */
export function channelDetails(rows: unknown, more: object = { Channel: { ChannelArn: channel } }): PushMessage {
  return { type: 'CHANNEL_DETAILS', payload: JSON.stringify({ ...more, ChannelMessages: rows }) };
}
