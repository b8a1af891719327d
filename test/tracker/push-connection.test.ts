import { describe, expect, it } from '@jest/globals';
import type { LinkChange } from 'chime-delivery';

import { FakeSession } from '../support/push-kit.ts';
import { MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

function linkStory(tracker: ReturnType<typeof startTracker>['tracker']): string[] {
  const story: string[] = [];
  tracker.on('link', (change) => {
    const halfOpen = change.state === 'down' && change.halfOpen ? ' half-open' : '';
    story.push(`${change.state}${halfOpen}`);
  });
  return story;
}

describe('the link event', () => {
  it('reports once that push became reliable, and once that it became unreliable', async () => {
    const { tracker, push } = startTracker({ socket: 'down' });
    const story = linkStory(tracker);
    push.up();
    push.up();
    await pass(5 * SECOND);
    push.up();
    push.down();
    push.down();
    expect(story).toEqual(['up', 'down']);
  });

  it('reports that a socket is half-open, and that it is no longer', async () => {
    const { tracker, push, service, track } = startTracker({ socket: 'up' });
    const story = linkStory(tracker);
    track('m1');
    service.settle('m1', 'SENT');
    await pass(25 * SECOND);
    expect([tracker.get('m1')?.status, tracker.stats.link, ...story]).toEqual(['SENT', 'down', 'down half-open']);
    push.tells('stranger', 'SENT');
    expect([tracker.stats.link, ...story]).toEqual(['up', 'down half-open', 'up']);
  });

  it('is followed by a poll of what a half-open socket missed when the socket delivers again', async () => {
    const { tracker, push, service, track } = startTracker({ socket: 'up' });
    track('m1');
    track('m2');
    service.settle('m1', 'SENT');
    await pass(60 * SECOND);
    service.settle('m2', 'DENIED');
    push.tells('stranger', 'SENT');
    await pass(4 * SECOND);
    expect(tracker.get('m2')?.status).toBe('DENIED');
  });

  it('does not follow from a reconcile, which may be slightly ahead of push', async () => {
    const { tracker, service, track } = startTracker({ socket: 'up' });
    const story = linkStory(tracker);
    track('m1');
    track('m2');
    await pass(SECOND);
    service.settle('m1', 'SENT');
    const report = tracker.reconcile();
    await pass(SECOND);
    expect(await report).toMatchObject({ asked: 2, settled: 1, pending: 1 });
    expect([tracker.stats.link, ...story]).toEqual(['up']);
  });
});

describe('the end of a session', () => {
  /** What the link event says of these signals: 'up', 'down', 'ended'. */
  const toldOf = (...signals: Parameters<FakeSession['say']>[0][]) => {
    const { tracker } = startTracker();
    const session = new FakeSession();
    const detach = tracker.attach(session);
    const story: string[] = [];
    tracker.on('link', (change: LinkChange) =>
      story.push(change.state === 'down' && change.ended ? 'ended' : change.state),
    );
    for (const signal of signals) session.say(signal);
    return { story, session, detach };
  };

  it('is told when the session gives up, after the drop or with it', () => {
    expect(toldOf('started', 'reconnecting', 'stopped').story).toEqual(['up', 'down', 'ended']);
    expect(toldOf('started', 'stopped').story).toEqual(['up', 'ended']);
  });

  it('is told once, and not of a session that was never up', () => {
    expect(toldOf('started', 'reconnecting', 'stopped', 'stopped').story).toEqual(['up', 'down', 'ended']);
    expect(toldOf('connecting', 'stopped').story).toEqual([]);
  });

  it('is over when the app starts the session again', () => {
    const { story, session } = toldOf('started', 'reconnecting', 'stopped', 'connecting', 'started');
    session.say('stopped');
    expect(story).toEqual(['up', 'down', 'ended', 'up', 'ended']);
  });

  it('is told a minute after a reconnect of which nothing was heard: the socket was refused', async () => {
    const { story, session } = toldOf('started', 'reconnecting');
    await pass(59 * SECOND);
    expect(story).toEqual(['up', 'down']);
    await pass(2 * SECOND);
    expect(story).toEqual(['up', 'down', 'ended']);
    session.say('started');
    expect(story).toEqual(['up', 'down', 'ended', 'up']);
  });

  it('is not told while the session goes on trying', async () => {
    const { story, session } = toldOf('started', 'reconnecting');
    for (let i = 0; i < 10; i += 1) {
      await pass(50 * SECOND);
      session.say('reconnecting');
    }
    expect(story).toEqual(['up', 'down']);
  });

  it('follows a detached source, and leaves no timer', async () => {
    const { story, detach } = toldOf('started', 'reconnecting');
    detach();
    await pass(2 * MINUTE);
    expect(story).toEqual(['up', 'down', 'ended']);
  });

  it('follows a source of the app’s own whose messages end', () => {
    const { tracker, push } = startTracker({ socket: 'up' });
    const changes: LinkChange[] = [];
    tracker.on('link', (change) => changes.push(change));
    push.down();
    push.messages$.complete();
    expect(changes).toMatchObject([{ state: 'down' }, { state: 'down', ended: true }]);
    expect(changes[0]).not.toHaveProperty('ended');
  });
});
