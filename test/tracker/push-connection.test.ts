import { describe, expect, it } from '@jest/globals';
import { pass, SECOND, startTracker } from '../support/tracker-kit.ts';

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
