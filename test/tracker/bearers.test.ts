import { describe, expect, it } from '@jest/globals';

import { ALICE, BOB, CHANNEL, replies, ScriptedPush } from '../support/scripted-service.ts';
import { draft, mostInASecond, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const userArn = (n: number): string => ALICE.replace('alice', `user-${n}`);

describe('several bearers', () => {
  it('each have their own budget, and a 429 of one slows no other', async () => {
    const { tracker, service } = startTracker({ polling: { batch: false } });
    service.answer('status', (call) => (call.bearer === BOB ? replies.throttled('20') : replies.says('PENDING')));
    for (let i = 0; i < 50; i += 1) {
      tracker.track({ channelArn: CHANNEL, messageId: `a${i}` });
      tracker.track({ channelArn: CHANNEL, messageId: `b${i}`, chimeBearer: BOB });
    }
    await pass(10 * SECOND);
    const timesOf = (bearer: string): number[] =>
      service
        .requests()
        .filter((call) => call.bearer === bearer)
        .map(({ at }) => at);
    expect(timesOf(BOB).length).toBeLessThanOrEqual(4);
    expect(timesOf(ALICE).length).toBeGreaterThan(45);
    expect(mostInASecond(timesOf(ALICE))).toBeLessThanOrEqual(10);
  });

  it('do not share a socket: push that is up for one is not up for the other', async () => {
    const { tracker, service, push } = startTracker({ socket: 'up' });
    tracker.track({ channelArn: CHANNEL, messageId: 'a1' });
    tracker.track({ channelArn: CHANNEL, messageId: 'b1', chimeBearer: BOB });
    await pass(10 * SECOND);
    expect(new Set(service.requests().map(({ messageId }) => messageId))).toEqual(new Set(['b1']));
    // SENT goes to every member of the channel: what Alice's socket reports about Bob's message is true as well.
    push.tells('b1', 'SENT', { Sender: { Arn: BOB } });
    expect(tracker.get('b1')).toMatchObject({ status: 'SENT', evidence: 'websocket' });
  });

  it('may each attach their own socket', async () => {
    const { tracker, service } = startTracker({ socket: 'up' });
    const bobs = new ScriptedPush(BOB);
    tracker.attach(bobs, { chimeBearer: BOB });
    bobs.up();
    tracker.track({ channelArn: CHANNEL, messageId: 'b1', chimeBearer: BOB });
    await pass(15 * SECOND);
    expect(service.count()).toBe(0);
    bobs.down();
    await pass(3 * SECOND);
    expect(service.story[0]).toBe('status b1');
    expect(tracker.stats.link).toBe('up');
    bobs.tells('b1', 'FAILED');
    expect(tracker.get('b1')?.status).toBe('FAILED');
  });

  it('are doubted one by one: a half-open socket of one leaves the other quiet', async () => {
    const { tracker, service } = startTracker({ socket: 'up' });
    const bobs = new ScriptedPush(BOB);
    tracker.attach(bobs, { chimeBearer: BOB });
    bobs.up();
    tracker.track({ channelArn: CHANNEL, messageId: 'b1', chimeBearer: BOB });
    service.settle('b1', 'SENT');
    await pass(22 * SECOND);
    expect(tracker.get('b1')?.status).toBe('SENT');
    const before = service.count();
    tracker.track({ channelArn: CHANNEL, messageId: 'a1' });
    tracker.track({ channelArn: CHANNEL, messageId: 'b2', chimeBearer: BOB });
    await pass(10 * SECOND);
    expect(
      new Set(
        service
          .requests()
          .slice(before)
          .map(({ messageId }) => messageId),
      ),
    ).toEqual(new Set(['b2']));
  });

  it('send as themselves', async () => {
    const { tracker, service } = startTracker();
    const delivery = tracker.send({ ...draft, ChimeBearer: BOB });
    await pass(SECOND);
    expect(delivery.state.chimeBearer).toBe(BOB);
    expect(service.requests().map(({ operation, bearer }) => [operation, bearer])).toContainEqual(['status', BOB]);
    expect(service.requests().every(({ bearer }) => bearer === BOB)).toBe(true);
  });

  it('have separate permissions', async () => {
    const { tracker, service, errors } = startTracker();
    service.answer('status', (call) => (call.bearer === BOB ? replies.forbidden() : replies.says('SENT')));
    service.answer('message', replies.forbidden());
    const [a, b] = [ALICE, BOB].map((chimeBearer, i) =>
      tracker.track({ channelArn: CHANNEL, messageId: `m${i}`, chimeBearer }),
    );
    await pass(90 * SECOND);
    expect([a?.state, b?.state]).toMatchObject([{ status: 'SENT' }, { status: 'UNKNOWN', reason: 'forbidden' }]);
    expect(errors).toMatchObject([{ chimeBearer: BOB }]);
  });

  it('may be hundreds: all are polled, and Node warns of no leak', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', onWarning);
    const { tracker, service } = startTracker();
    for (let i = 0; i < 300; i += 1) {
      tracker.track({ channelArn: CHANNEL, messageId: `m${i}`, chimeBearer: userArn(i) });
      tracker.track({ channelArn: CHANNEL, messageId: `n${i}`, chimeBearer: userArn(i) });
    }
    await pass(2 * SECOND);
    process.off('warning', onWarning);
    expect(new Set(service.requests().map(({ bearer }) => bearer)).size).toBe(300);
    for (let i = 0; i < 300; i += 1) {
      service.settle(`m${i}`, 'SENT');
      service.settle(`n${i}`, 'FAILED');
    }
    await pass(60 * SECOND);
    expect(tracker.stats).toMatchObject({ pending: 0, settled: { SENT: 300, FAILED: 300 } });
    expect(warnings).toEqual([]);
  });
});

describe('the deliveries in memory', () => {
  it('are bounded: the oldest settled deliveries are dropped first, pending ones stay', async () => {
    const { tracker, track, push } = startTracker({ socket: 'up', keepSettled: 3 });
    track('pending');
    const handles = ['m1', 'm2', 'm3', 'm4', 'm5'].map((id) => track(id));
    for (const { id } of handles) push.tells(id, 'SENT');
    expect(['pending', 'm1', 'm2', 'm3', 'm4', 'm5'].map((id) => tracker.get(id)?.status)).toEqual([
      'PENDING',
      undefined,
      undefined,
      'SENT',
      'SENT',
      'SENT',
    ]);
    expect((await handles[0]?.settled)?.status).toBe('SENT');
    expect(tracker.stats).toMatchObject({ pending: 1, settled: { SENT: 5 } });
  });

  it('contain no settled ones with `keepSettled: 0`, and every event still arrives', () => {
    const { tracker, track, push, story } = startTracker({ socket: 'up', keepSettled: 0 });
    track('m1');
    track('m2', { status: 'SENT' });
    push.tells('m1', 'DENIED');
    expect([tracker.get('m1'), tracker.get('m2')]).toEqual([undefined, undefined]);
    expect(story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m2', 'settled DENIED m1']);
  });

  it('are the ones in deliveries$', async () => {
    const { tracker, track, push } = startTracker({ socket: 'up', keepSettled: 1 });
    const seen: string[] = [];
    tracker.deliveries$.subscribe((deliveries) => seen.push([...deliveries.keys()].join(' ')));
    for (const id of ['m1', 'm2', 'm3']) track(id);
    push.tells('m1', 'SENT');
    push.tells('m2', 'SENT');
    await pass(10);
    expect(seen).toEqual(['', 'm2 m3']);
  });
});
