// Sockets to attach: a session with the measured behaviour of amazon-chime-sdk-js, and its events.

import { Subject } from 'rxjs';
import type { PushMessage } from '../../src/push/parse-event.ts';
import type { MessagingSessionLike, PushSource, SessionObserver } from '../../src/push/push-source.ts';
import { alice, channel } from './delivery-record.ts';
import { PushConnections } from '../../src/push/connection.ts';

/** The calls of an observer, in short. */
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

export interface ConnectionKit {
  readonly push: PushConnections;
  readonly session: FakeSession;
  /** `established`, `down` and `end`, with the name of the user where it is not alice. */
  readonly story: string[];
  readonly reports: unknown[];
  readonly warnings: string[];
  readonly detach: () => void;
}

export function listen(session: FakeSession = new FakeSession(alice)): ConnectionKit {
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const logger = { debug: silent, info: silent, warn: (text: string) => warnings.push(text), error: silent };
  const push = new PushConnections(logger);
  const story: string[] = [];
  push.events$.subscribe({
    next: ({ kind, chimeBearer }) => story.push(chimeBearer === alice ? kind : `${kind} for bob`),
    complete: () => story.push('end'),
  });
  const reports: unknown[] = [];
  push.reports$.subscribe((report) => reports.push(report));
  const detach = push.attach(session, undefined, alice);
  return { push, session, story, reports, warnings, detach };
}
