// Deliveries of an earlier session are restored in slices: an event between two slices counts as if it came before or
// after.

import { describe, expect, it } from '@jest/globals';

import { lives, type Life, type Lives } from '../../support/restart-kit.ts';
import { CHANNEL, replies } from '../../support/scripted-service.ts';
import { MINUTE, pass, standing } from '../../support/tracker-kit.ts';

const MANY = 600;
const LAST = `m${MANY - 1}`;

/** Long enough for all slices: the fake clock makes 1 ms of each pause. */
const flush = (): Promise<void> => pass(100);

/** A process that ended with many pending deliveries; `last` starts the last one of them. */
async function leaveMany(last: (life: Life) => void = ({ track }) => void track(LAST)): Promise<Lives> {
  const all = lives();
  const first = await all.start({ polling: { firstDelayMs: MINUTE } });
  for (let i = 0; i < MANY - 1; i += 1) first.track(`m${i}`);
  await pass(1);
  last(first);
  await flush();
  first.kill();
  await flush();
  return all;
}

/** The next process, at a moment when some deliveries are restored and the last one is not. */
async function startMidway(all: Lives): Promise<Life> {
  const life = all.boot({ socket: 'down' });
  while (life.tracker.stats.pending === 0) await pass(1);
  expect(life.tracker.stats.pending).toBeLessThan(MANY);
  expect(life.tracker.get(LAST)).toBeUndefined();
  return life;
}

describe('a restore of many deliveries', () => {
  it('yields to other code again and again, and keeps the order in which tracking began', async () => {
    const all = await leaveMany();
    const { tracker, story } = all.boot({ socket: 'down' });
    const growth: number[] = [];
    for (let before = 0; tracker.stats.pending < MANY; before += growth.at(-1) ?? 0) {
      await pass(1);
      growth.push(tracker.stats.pending - before);
    }
    expect(Math.max(...growth)).toBeLessThanOrEqual(250);
    expect(await standing(tracker.restored)).toBe(MANY);
    const names = story.filter((line) => line.startsWith('update PENDING')).map((line) => line.split(' ').at(-1));
    expect(names).toEqual(Array.from({ length: MANY }, (_, i) => `m${i}`));
  });

  it('does not resolve `restored` before the last one is restored', async () => {
    const { tracker } = await startMidway(await leaveMany());
    let restored: number | undefined;
    void tracker.restored.then((count) => (restored = count));
    await pass(0);
    expect([restored, tracker.get(LAST)]).toEqual([undefined, undefined]);
    while (tracker.get(LAST) === undefined) await pass(1);
    await pass(1);
    expect(restored).toBe(MANY);
  });

  it('sends nothing twice that the app sends again meanwhile', async () => {
    const all = await leaveMany(({ send, service }) => {
      service.answer('send', replies.accepted(LAST, 'PENDING'));
      send({ ClientRequestToken: 'again' });
    });
    const { tracker, send, service, disk } = { ...(await startMidway(all)), disk: all.disk };
    const delivery = send({ ClientRequestToken: 'again' });
    expect(delivery.state.status).toBe('SENDING');
    while (delivery.state.status === 'SENDING') await pass(1);
    await flush();
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: LAST });
    expect(await standing(tracker.restored)).toBe(MANY - 1);
    expect(service.count('send')).toBe(1);
    service.settle(LAST, 'SENT');
    await tracker.close();
    expect(disk.names.filter((name) => name.endsWith('again'))).toEqual(['sent-again']);
  });

  it('merges with a delivery that the app tracks meanwhile', async () => {
    const { tracker, track } = await startMidway(await leaveMany());
    const delivery = track(LAST);
    await flush();
    expect(tracker.get(LAST)).toBe(delivery.state);
    expect(tracker.stats.pending).toBe(MANY);
    expect(await standing(tracker.restored)).toBe(MANY - 1);
  });

  it('misses no push event', async () => {
    const all = await leaveMany();
    const { tracker, push, service } = await startMidway(all);
    push.tells(LAST, 'DENIED');
    await flush();
    expect(tracker.get(LAST)).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
    expect(await standing(tracker.restored)).toBe(MANY);
    expect(service.calls.filter(({ messageId }) => messageId === LAST)).toEqual([]);
    expect(all.disk.names).not.toContain(`sent-${LAST}`);
  });

  it('restores nothing that the app forgets meanwhile', async () => {
    const all = await leaveMany();
    const { tracker } = await startMidway(all);
    tracker.forget(LAST);
    await flush();
    expect(tracker.get(LAST)).toBeUndefined();
    expect(tracker.stats.pending).toBe(MANY - 1);
    expect(await standing(tracker.restored)).toBe(MANY - 1);
    expect(all.disk.names).not.toContain(`sent-${LAST}`);
  });

  it.each([
    ['DELETE_CHANNEL_MESSAGE', { MessageId: LAST }],
    ['REDACT_CHANNEL_MESSAGE', { MessageId: LAST }],
    ['DELETE_CHANNEL', { Sender: undefined }],
  ])('never denies a message that is removed meanwhile (%s), nor in the next session', async (type, event) => {
    const all = await leaveMany();
    all.service.answer('status', replies.notFound());
    all.service.answer('message', replies.notFound());
    all.service.answer('list', replies.rows([]));
    const second = await startMidway(all);
    second.push.event(type, { ChannelArn: CHANNEL, ...event });
    await flush();
    expect(second.tracker.get(LAST)).toBeDefined();
    second.kill();
    await flush();
    const third = await all.start();
    await pass(20 * MINUTE);
    expect(third.tracker.get(LAST)).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('stops when the tracker is closed, and leaves the rest to the next tracker', async () => {
    const all = await leaveMany();
    const { tracker, story } = await startMidway(all);
    const back = tracker.stats.pending;
    const told = story.length;
    await tracker.close();
    expect(await standing(tracker.restored)).toBe(back);
    await flush();
    expect(story).toHaveLength(told);
    const next = all.boot();
    await pass(50);
    expect(await standing(next.tracker.restored)).toBe(MANY);
  });
});
