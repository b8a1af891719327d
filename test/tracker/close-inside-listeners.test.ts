import { describe, expect, it, jest } from '@jest/globals';
import { TrackerClosedError } from 'chime-delivery';

import { replies } from '../support/scripted-service.ts';
import { flush, HOUR, pass, SECOND, standing, startTracker } from '../support/tracker-kit.ts';

describe('a close from inside a listener', () => {
  it('of the SENDING update of a send keeps the send from leaving and leaves nothing behind', async () => {
    const { tracker, send, service } = startTracker();
    tracker.on('update', () => void tracker.close());
    const { settled } = send();
    await flush();
    expect(jest.getTimerCount()).toBe(0);
    await pass(HOUR);
    expect(service.calls).toEqual([]);
    expect(await standing(settled)).toBeInstanceOf(TrackerClosedError);
  });

  it('of the PENDING update of a track leaves nothing behind', async () => {
    const { tracker, track, service } = startTracker();
    tracker.on('update', () => void tracker.close());
    const { settled } = track('m1');
    await flush();
    expect(jest.getTimerCount()).toBe(0);
    await pass(HOUR);
    expect(service.calls).toEqual([]);
    expect(await standing(settled)).toBeInstanceOf(TrackerClosedError);
  });

  it('of an outcome keeps that outcome', async () => {
    const { tracker, track, push, story } = startTracker({ socket: 'up' });
    const [one, two] = [track('m1'), track('m2')];
    tracker.once('settled', () => void tracker.close());
    push.tells('m1', 'SENT');
    push.tells('m2', 'SENT');
    expect(await standing(one.settled)).toMatchObject({ status: 'SENT' });
    expect(await standing(two.settled)).toBeInstanceOf(TrackerClosedError);
    expect(story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1']);
  });

  it('of suspended, throttled and error leaves nothing behind', async () => {
    for (const [event, reply] of [
      ['suspended', replies.expiredToken()],
      ['throttled', replies.throttled()],
      ['error', replies.forbidden()],
    ] as const) {
      const { tracker, track, service } = startTracker();
      service.answer('status', reply);
      service.answer('message', reply);
      tracker.on(event, () => void tracker.close());
      const { settled } = track('m1');
      await pass(90 * SECOND);
      expect(jest.getTimerCount()).toBe(0);
      expect(await standing(settled)).toBeInstanceOf(TrackerClosedError);
    }
  });
});
