import { describe, expect, it } from '@jest/globals';
import type { SessionObserver } from 'chime-delivery';

import { BOB, CHANNEL, ScriptedPush } from '../support/scripted-service.ts';
import { pass, SECOND, startTracker } from '../support/tracker-kit.ts';

/** A MessagingSession as in amazon-chime-sdk-js, as far as its observers see. */
class SessionDouble {
  readonly observers = new Set<SessionObserver>();
  readonly configuration: object | undefined;

  constructor(userArn?: string) {
    this.configuration = userArn === undefined ? undefined : { userArn };
  }

  addObserver(observer: SessionObserver): void {
    this.observers.add(observer);
  }

  removeObserver(observer: SessionObserver): void {
    this.observers.delete(observer);
  }

  startConnecting(again: boolean): void {
    for (const observer of this.observers) observer.messagingSessionDidStartConnecting?.(again);
  }

  start(): void {
    for (const observer of this.observers) observer.messagingSessionDidStart?.();
    for (const observer of this.observers) {
      observer.messagingSessionDidReceiveMessage?.({ type: 'SESSION_ESTABLISHED', headers: {}, payload: null });
    }
  }

  stop(): void {
    for (const observer of this.observers) observer.messagingSessionDidStop?.({ code: 4999 });
  }

  tells(type: string, payload: object): void {
    for (const observer of this.observers) {
      observer.messagingSessionDidReceiveMessage?.({ type, headers: {}, payload: JSON.stringify(payload) });
    }
  }
}

describe('a MessagingSession', () => {
  it('is up from its start to the first sign of anything else', () => {
    const { tracker } = startTracker();
    const session = new SessionDouble();
    tracker.attach(session);
    const links = [tracker.stats.link];
    const note = (): number => links.push(tracker.stats.link);
    session.startConnecting(false);
    note();
    session.start();
    note();
    session.startConnecting(true);
    note();
    session.start();
    note();
    session.stop();
    note();
    expect(links).toEqual(['down', 'down', 'up', 'down', 'up', 'down']);
  });

  it('delivers outcomes, and a poll after its reconnect finds what it missed', async () => {
    const { tracker, track, service } = startTracker();
    const session = new SessionDouble();
    tracker.attach(session);
    session.start();
    const [one, two] = [track('m1'), track('m2')];
    session.tells('CREATE_CHANNEL_MESSAGE', { ChannelArn: CHANNEL, MessageId: 'm1' });
    expect(one.state).toMatchObject({ status: 'SENT', evidence: 'websocket' });
    service.settle('m2', 'SENT');
    session.startConnecting(true);
    session.start();
    await pass(1_100);
    expect(two.state).toMatchObject({ status: 'SENT', evidence: 'status' });
    expect(service.count()).toBe(1);
  });

  it('that dies silently is replaced by polls', async () => {
    const { tracker, track, service } = startTracker();
    const session = new SessionDouble();
    tracker.attach(session);
    session.start();
    session.startConnecting(true);
    service.settle('m1', 'FAILED');
    const delivery = track('m1');
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'status' });
  });

  it('attached twice has one set of listeners, and is detached by the function that attach returned', () => {
    const { tracker, track } = startTracker();
    const session = new SessionDouble();
    const detach = tracker.attach(session);
    tracker.attach(session);
    expect(session.observers.size).toBe(1);
    session.start();
    detach();
    detach();
    expect([session.observers.size, tracker.stats.link]).toEqual([0, 'down']);
    const delivery = track('m1');
    session.tells('CREATE_CHANNEL_MESSAGE', { ChannelArn: CHANNEL, MessageId: 'm1' });
    expect(delivery.state.status).toBe('PENDING');
  });

  it('attached again after that is not detached by the old function', () => {
    const { tracker } = startTracker();
    const session = new SessionDouble();
    const detach = tracker.attach(session);
    detach();
    tracker.attach(session);
    session.start();
    detach();
    expect([session.observers.size, tracker.stats.link]).toEqual([1, 'up']);
  });

  it('belongs to its own user, if it names the user', async () => {
    const { tracker, service } = startTracker();
    const session = new SessionDouble(BOB);
    tracker.attach(session);
    session.start();
    expect(tracker.stats.link).toBe('down');
    tracker.track({ channelArn: CHANNEL, messageId: 'b1', chimeBearer: BOB });
    tracker.track({ channelArn: CHANNEL, messageId: 'a1' });
    await pass(10 * SECOND);
    expect(new Set(service.requests().map(({ messageId }) => messageId))).toEqual(new Set(['a1']));
  });
});

describe('a push source', () => {
  it('keeps the link up when another one goes down', () => {
    const { tracker, push } = startTracker({ socket: 'up' });
    const second = new ScriptedPush();
    tracker.attach(second);
    second.up();
    push.down();
    expect(tracker.stats.link).toBe('up');
    second.down();
    expect(tracker.stats.link).toBe('down');
  });

  it('that fails or completes is down, and affects nothing else', async () => {
    for (const end of ['error', 'complete'] as const) {
      const { tracker, track, push, service } = startTracker({ socket: 'up' });
      const delivery = track('m1');
      service.settle('m1', 'SENT');
      if (end === 'error') push.link$.error(new Error('gone'));
      else {
        push.link$.complete();
        push.messages$.complete();
      }
      expect(tracker.stats.link).toBe('down');
      await pass(SECOND);
      expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
    }
  });
});
