import { describe, expect, it, jest } from '@jest/globals';
import { createDeliveryTracker } from 'chime-delivery';

import { lives } from '../../support/restart-kit.ts';
import { ALICE, BOB, CHANNEL, replies, ScriptedService } from '../../support/scripted-service.ts';
import { Disk } from '../../support/scripted-store.ts';
import {
  draft,
  flush,
  HOUR,
  MINUTE,
  mostInASecond,
  pass,
  SECOND,
  standing,
  startTracker,
  tellStory,
} from '../../support/tracker-kit.ts';

describe('a tracker without a store', () => {
  it('has nothing to restore', async () => {
    expect(await standing(startTracker().tracker.restored)).toBe(0);
  });
});

describe('a delivery that was pending when the process ended', () => {
  it('is restored with its id, age and MessageId, is polled, and ends with the true outcome', async () => {
    const { start, service } = lives();
    const first = await start();
    const { id, state } = first.send();
    await pass(100);
    first.kill();
    await pass(MINUTE);
    service.settle('m1', 'DENIED');
    const second = await start();
    expect(await standing(second.tracker.restored)).toBe(1);
    expect(second.tracker.get(id)).toMatchObject({
      id,
      messageId: 'm1',
      status: 'PENDING',
      trackedAt: state.trackedAt,
    });
    expect(second.tracker.get('m1')).toBe(second.tracker.get(id));
    await pass(MINUTE);
    expect(second.tracker.get(id)).toMatchObject({ status: 'DENIED', evidence: 'missing' });
    expect(second.story).toEqual(['update PENDING m1', 'update DENIED m1', 'failed DENIED m1', 'settled DENIED m1']);
    expect(service.count('send')).toBe(1);
  });

  it.each(['', 'no id', null, 7])(
    'is restored even if the response to its send named %p as the sub-channel',
    async (given) => {
      const { start, service } = lives();
      service.answer('send', replies.accepted('m1', 'PENDING', { SubChannelId: given }));
      const first = await start();
      const { id } = first.send();
      await pass(100);
      first.kill();
      expect((await start()).tracker.get(id)).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    },
  );

  it('is restored with all its fields after `track`', async () => {
    const { start, disk } = lives();
    const first = await start();
    first.track('m1', { persistence: 'NON_PERSISTENT', subChannelId: 'sub-1', chimeBearer: BOB });
    const edit = first.track('m2', { operation: 'update' });
    await flush();
    first.kill();
    expect(disk.names.toSorted()).toEqual([`sent-${edit.id}`, 'sent-m1'].toSorted());
    const { tracker, service } = await start();
    expect(tracker.get('m1')).toMatchObject({ subChannelId: 'sub-1', chimeBearer: BOB, status: 'PENDING' });
    // A missing status proves nothing about either.
    service.answer('status', replies.notFound());
    service.answer('message', replies.notFound());
    await pass(MINUTE);
    expect(['m1', edit.id].map((id) => tracker.get(id))).toMatchObject([
      { status: 'UNKNOWN', reason: 'indeterminate', operation: 'create' },
      { status: 'UNKNOWN', reason: 'indeterminate', operation: 'update' },
    ]);
  });

  it('is polled before other polls, at once, and within the budget', async () => {
    const { start, service } = lives();
    const first = await start();
    for (let i = 0; i < 40; i += 1) first.track(`m${i}`);
    await flush();
    first.kill();
    const before = service.count();
    const second = await start({ polling: { firstDelayMs: 0 } });
    for (let i = 0; i < 10; i += 1) second.track(`n${i}`);
    await pass(8 * SECOND);
    const asked = service.requests('status').slice(before);
    expect(asked.slice(0, 40).map(({ messageId }) => messageId?.[0])).toEqual(Array(40).fill('m'));
    expect(mostInASecond(asked.map(({ at }) => at))).toBeLessThanOrEqual(10);
    expect(asked[3]?.at).toBe(asked[0]?.at);
  });

  it('gives way to a new send', async () => {
    const { start, service } = lives();
    const first = await start();
    for (let i = 0; i < 20; i += 1) first.track(`m${i}`);
    await flush();
    first.kill();
    const second = await start();
    await pass(SECOND);
    const asked = service.count('status');
    second.send();
    await pass(SECOND);
    expect(service.count('send')).toBe(1);
    const sentAt = service.requests('send')[0]?.at ?? Infinity;
    const between = service.requests('status').slice(asked);
    expect(between.filter(({ at }) => at < sentAt).length).toBeLessThanOrEqual(2);
  });

  it('costs no request when push announces its outcome first', async () => {
    const { start, service } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    const second = await start({ rateLimit: { requestsPerSecond: 0.001, burst: 1 }, socket: 'up' });
    const asked = service.count();
    second.push.tells('m1', 'SENT');
    await pass(MINUTE);
    expect(second.tracker.get('m1')).toMatchObject({ status: 'SENT', evidence: 'websocket' });
    expect(service.count()).toBe(asked);
  });

  it('has the time of its event, not of its send, as settledAt, also if the event came before the record', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    await pass(MINUTE);
    const second = boot({ socket: 'up' });
    second.push.tells('m1', 'DENIED');
    const heardAt = Date.now();
    await flush();
    expect(second.tracker.get('m1')).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
    expect(second.tracker.get('m1')).toHaveProperty('settledAt', expect.closeTo(heardAt, -2));
    expect(disk.names).toEqual([]);
  });

  it('gets one last poll when its 48 hours have passed meanwhile, and is then UNKNOWN deadline', async () => {
    const { start, service, disk } = lives();
    const first = await start();
    first.track('m1');
    first.track('m2');
    await flush();
    first.kill();
    await pass(60 * HOUR);
    service.settle('m1', 'SENT');
    const { tracker } = await start();
    await pass(SECOND);
    expect(tracker.get('m1')).toMatchObject({ status: 'SENT' });
    expect(tracker.get('m2')).toMatchObject({ status: 'UNKNOWN', reason: 'deadline' });
    expect(service.story).toEqual(['status m1', 'status m2']);
    expect(disk.names).toEqual([]);
  });

  it('is unaffected by a clock that was set back', async () => {
    const { start, service, disk } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    disk.spoil('sent-m1', { trackedAt: Date.now() + 1_000 * HOUR, sentAt: Date.now() + 1_000 * HOUR });
    service.settle('m1', 'DENIED');
    const { tracker } = await start();
    expect(tracker.get('m1')?.trackedAt).toBeLessThanOrEqual(Date.now());
    await pass(MINUTE);
    expect(tracker.get('m1')).toMatchObject({ status: 'DENIED' });
  });

  it('is not denied sooner than others: its age counts from when the service accepted it', async () => {
    const { start, service } = lives();
    const first = await start();
    service.answer('send', replies.throttled(), replies.throttled(), (call) => service.acceptSend(call));
    first.send();
    await pass(9 * SECOND);
    first.kill();
    service.answer('status', replies.body({}));
    service.answer('message', replies.notFound());
    const second = await start({ missing: { confirmations: 1, minAgeMs: 20_000 } });
    await pass(5 * SECOND);
    expect(second.tracker.stats.pending).toBe(1);
    await pass(MINUTE);
    expect(second.story).toContain('settled DENIED m1');
  });
});

describe('an ended delivery', () => {
  it.each<[string, (life: Awaited<ReturnType<ReturnType<typeof lives>['start']>>) => void]>([
    ['an outcome', ({ service }) => service.settle('m1', 'SENT')],
    ['a denial', ({ service }) => service.settle('m1', 'DENIED')],
    ['`forget`', ({ tracker }) => tracker.forget('m1')],
  ])('is erased after %s', async (_name, end) => {
    const { start, disk } = lives();
    const life = await start();
    life.send();
    await pass(100);
    expect(disk.names).toHaveLength(1);
    end(life);
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
    life.kill();
    expect(await standing((await start()).tracker.restored)).toBe(0);
  });

  it('is erased after it was announced, so that it is announced again if the process is killed in between', async () => {
    const { start, disk, service } = lives();
    const life = await start();
    life.track('m1');
    await flush();
    const stored: string[][] = [];
    life.tracker.on('settled', () => stored.push(disk.names));
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect([stored, disk.names]).toEqual([[['sent-m1']], []]);
  });

  it.each([
    ['the last of its listeners', 'settled', true],
    ['the first of several listeners', 'update', false],
  ] as const)('is erased after the last announcement if %s closes the tracker', async (_name, event, erased) => {
    const { start, service, disk } = lives();
    const { tracker, track, story } = await start();
    track('m1');
    track('m2');
    await flush();
    tracker.once(event, () => void tracker.close());
    service.settle('m1', 'SENT');
    service.settle('m2', 'SENT');
    await pass(MINUTE);
    expect(story.includes('settled SENT m1')).toBe(erased);
    expect(disk.names).toEqual(erased ? ['sent-m2'] : ['sent-m1', 'sent-m2']);
  });

  it('is erased if its stream of states is the only subscription and closes the tracker', async () => {
    const { disk, service } = lives();
    // Its events have no listener.
    const tracker = createDeliveryTracker({ client: service.client, chimeBearer: ALICE, store: disk.mount() });
    const delivery = tracker.track({ channelArn: CHANNEL, messageId: 'm1' });
    await flush();
    delivery.state$.subscribe(({ status }) => void (status === 'SENT' && tracker.close()));
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
  });

  it('is not contradicted in the next session if the store could not erase all of it', async () => {
    const { start, service, disk } = lives();
    const { send, story, store, kill } = await start();
    const remove = jest.spyOn(store, 'removeItem');
    remove.mockImplementation(async (key) => {
      if (key.endsWith('send-token-1')) throw new Error('EBUSY');
      disk.items.delete(key);
    });
    send({ ClientRequestToken: 'token-1' });
    await pass(100);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    kill();
    expect(story.slice(-1)).toEqual(['settled SENT m1']);
    expect(disk.names).toEqual(['send-token-1', 'sent-token-1']);
    await pass(10 * MINUTE);
    const second = await start();
    await pass(MINUTE);
    expect(second.story.slice(-1)).toEqual(['settled SENT m1']);
    expect(disk.names).toEqual([]);
  });

  it('is not kept if a listener forgets it at its first event', async () => {
    const { start, disk } = lives();
    const { tracker, track } = await start();
    tracker.on('update', ({ id }) => tracker.forget(id));
    track('m1');
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
  });
});

describe('a delivery that is forgotten before it was restored', () => {
  it('does not come back, and is erased: at any moment of the read, and under either id', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    const { id } = first.send();
    first.track('m7');
    first.track('m8');
    await pass(100);
    first.kill();
    for (const afterMs of [0, 150, 450]) {
      const written = new Map(disk.items);
      const { tracker, story, kill } = boot({}, (slow) => (slow.latencyMs = 300));
      await pass(afterMs);
      for (const each of ['m1', 'm7']) expect(tracker.forget(each)).toBe(false);
      await pass(5 * SECOND);
      expect([tracker.get(id), tracker.get('m7'), story]).toEqual([undefined, undefined, ['update PENDING m8']]);
      expect(await standing(tracker.restored)).toBe(1);
      expect(disk.names).toEqual(['sent-m8']);
      kill();
      for (const [key, value] of written) disk.items.set(key, value);
    }
  });

  it('does not come back if a listener forgets it at an event of another delivery', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.track('m1');
    first.track('m2');
    await flush();
    first.kill();
    const { tracker, story } = boot();
    tracker.on('update', () => tracker.forget('m2'));
    await pass(100);
    expect([story, disk.names]).toEqual([['update PENDING m1'], ['sent-m1']]);
  });

  it('does not come back from a store that could not be read at first', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    const { tracker, story, store } = boot({}, (ill) => ill.ail('rejects', 'getItem'));
    await pass(100);
    expect(await standing(tracker.restored)).toBe(0);
    tracker.forget('m1');
    store.heal();
    await pass(MINUTE);
    expect([story, disk.names]).toEqual([['error'], []]);
  });
});

describe('a delivery that is tracked again before its record was read', () => {
  it('does not come back under its other id when it is forgotten', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.send();
    await pass(100);
    first.kill();
    const { track, tracker } = boot({}, (slow) => (slow.latencyMs = 300));
    track('m1');
    tracker.forget('m1');
    await pass(5 * SECOND);
    expect([tracker.stats.pending, disk.names]).toEqual([0, []]);
  });

  it('is one delivery, not two, under either id', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    const { id } = first.send();
    first.track('m7');
    await pass(100);
    first.kill();
    const second = boot();
    const byMessageId = second.track('m1');
    second.track('m7');
    await flush();
    expect(await standing(second.tracker.restored)).toBe(0);
    expect(second.tracker.stats.pending).toBe(2);
    expect(second.tracker.get(id)).toBeUndefined();
    second.service.settle('m1', 'SENT');
    second.service.settle('m7', 'SENT');
    await pass(MINUTE);
    expect(await standing(byMessageId.settled)).toMatchObject({ status: 'SENT' });
    expect(second.story.filter((line) => line.startsWith('settled'))).toEqual(['settled SENT m1', 'settled SENT m7']);
    expect(disk.names).toEqual([]);
  });

  it.each(['settled', 'forgotten'])('does not come back when it is %s before that', async (end) => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    const { track, tracker, story } = boot({ keepSettled: 0 }, (slow) => (slow.latencyMs = 300));
    track('m1', end === 'settled' ? { status: 'SENT' } : {});
    tracker.forget('m1');
    const told = [...story];
    await pass(5 * SECOND);
    expect([story, disk.names, tracker.stats.pending]).toEqual([told, [], 0]);
  });

  it('does not come back when its record was read before it settled, and it is no longer remembered', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    const { id } = first.send();
    await pass(100);
    for (let i = 2; i < 40; i += 1) first.track(`m${i}`);
    await flush();
    first.kill();
    const { track, tracker, story } = boot({ keepSettled: 0 }, (slow) => (slow.latencyMs = 300));
    await pass(650);
    track('m1', { status: 'SENT' });
    await pass(5 * SECOND);
    expect(story.filter((line) => line.endsWith(' m1'))).toEqual(['update SENT m1', 'sent SENT m1', 'settled SENT m1']);
    expect([tracker.get(id), await standing(tracker.restored)]).toEqual([undefined, 38]);
    expect(disk.names).not.toContain(`sent-${id}`);
  });

  it('is not sent again when the app sends the same token and the record has the MessageId', async () => {
    const { start, boot, service } = lives();
    const first = await start();
    first.send({ ClientRequestToken: 'Token_1' });
    await pass(100);
    first.kill();
    const second = boot();
    const delivery = second.send({ ClientRequestToken: 'Token_1' });
    expect(delivery.state.status).toBe('SENDING');
    await pass(100);
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(service.count('send')).toBe(1);
  });

  it('is sent once more with the same token if it was not answered, and a refusal then proves nothing', async () => {
    const { start, boot, service } = lives();
    service.answer('send', replies.hangs());
    const first = await start();
    first.send({ ClientRequestToken: 'token-1' });
    await pass(100);
    first.kill();
    service.answer('send', replies.forbidden());
    const second = boot();
    const delivery = second.send({ ClientRequestToken: 'token-1' });
    await pass(SECOND);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(service.requests('send').map(({ token }) => token)).toEqual(['token-1', 'token-1']);
  });

  it.each([
    ['before it leaves again', 0, 0],
    ['even if it has left again before the record was read', 120, 1_500],
  ])('is no longer reported as never dispatched %s', async (_name, others, latencyMs) => {
    const { start, boot, service, disk } = lives();
    service.answer('send', replies.expiredToken());
    const first = await start();
    first.send({ ClientRequestToken: 'token-1' });
    await pass(MINUTE);
    for (let i = 0; i < others; i += 1) first.track(`m${i}`);
    await flush();
    expect(disk.names).toEqual(expect.arrayContaining(['held-token-1', 'send-token-1']));
    first.kill();
    service.calls.length = 0;
    service.answer('send', replies.hangs());
    const second = boot({}, (slow) => (slow.latencyMs = latencyMs));
    second.send({ ClientRequestToken: 'token-1' });
    await pass(9_100);
    second.kill();
    await pass(6 * SECOND);
    expect(service.count('send')).toBe(1);
    expect(disk.names.filter((name) => /^(send|held)-token-1$/.test(name))).toEqual(['send-token-1']);
  });
});

describe('namespaces', () => {
  it('separate the deliveries of users', async () => {
    const { start, disk } = lives();
    const alice = await start();
    alice.track('m1');
    await flush();
    alice.kill();
    const bob = await start({ chimeBearer: BOB });
    expect(await standing(bob.tracker.restored)).toBe(0);
    bob.track('m1');
    await flush();
    bob.kill();
    expect(disk.names).toEqual(['sent-m1', 'sent-m1']);
    expect(await standing((await start()).tracker.restored)).toBe(1);
  });

  it('keep the messages that a service sends as other users with the service', async () => {
    const { start } = lives();
    const first = await start();
    first.send({ ChimeBearer: BOB });
    first.send();
    await pass(100);
    first.kill();
    const { tracker, service } = await start();
    expect(await standing(tracker.restored)).toBe(2);
    await pass(100);
    expect(new Set(service.requests('status').map(({ bearer }) => bearer)).size).toBe(2);
  });

  it('leave foreign records alone', async () => {
    const { start, disk, service } = lives();
    const theirs = ['chime-delivery:v2:x:sent-m1', 'chime-delivery:v1:', 'theme', 'chime-delivery:v1:x:sent-m1', ''];
    for (const key of theirs) disk.items.set(key, 'dark');
    const life = await start();
    life.track('m1');
    await flush();
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect([...disk.items.keys()]).toEqual(theirs);
    expect(life.logged).toEqual([]);
  });
});

describe('a restored delivery', () => {
  it('is in deliveries$ and reaches listeners that were added when the tracker was created', async () => {
    const { start, boot } = lives();
    const first = await start();
    const { id } = first.send();
    await pass(100);
    first.kill();
    const { tracker } = boot();
    const sizes: number[] = [];
    tracker.deliveries$.subscribe((deliveries) => sizes.push(deliveries.size));
    const story = tellStory(tracker);
    await flush();
    expect([sizes, story]).toEqual([[0, 1], ['update PENDING m1']]);
    expect(tracker.forget(id)).toBe(true);
    expect(tracker.get('m1')).toBeUndefined();
  });

  it('is restored after close as well as after a crash, with nothing written twice', async () => {
    const { start, disk } = lives();
    const first = await start();
    first.track('m1');
    await first.tracker.close();
    expect(disk.names).toEqual(['sent-m1']);
    const second = await start();
    expect(await standing(second.tracker.restored)).toBe(1);
    await second.tracker.close();
    expect(second.store.log.filter((line) => line.startsWith('set'))).toEqual([]);
    expect(disk.names).toEqual(['sent-m1']);
  });

  it('may close the tracker as it is restored', async () => {
    const { start, boot } = lives();
    const first = await start();
    for (const id of ['m1', 'm2', 'm3']) first.track(id);
    await flush();
    first.kill();
    const { tracker, service } = boot();
    let updates = 0;
    tracker.on('update', () => {
      updates += 1;
      void tracker.close();
    });
    await pass(MINUTE);
    expect([updates, service.count()]).toEqual([1, 0]);
    expect(await standing(tracker.restored)).toEqual(expect.any(Number));
  });
});

describe('a tracker that is closed while it reads the store', () => {
  it.each([
    [0, 0],
    [50, 0],
    [150, 0],
    [350, 50],
  ])('after %i ms, with %i restored, stops reading and leaves nothing behind', async (afterMs, back) => {
    const { start, boot } = lives();
    const first = await start();
    for (let i = 0; i < 50; i += 1) first.track(`m${i}`);
    await flush();
    first.kill();
    const { tracker, store, logged, errors, story } = boot({}, (slow) => (slow.latencyMs = 100));
    await pass(afterMs);
    const reads = store.log.length;
    const closed = tracker.close();
    await pass(150);
    await closed;
    expect(jest.getTimerCount()).toBe(0);
    await pass(MINUTE);
    expect([store.log.length - reads, logged, errors, story.length]).toEqual([0, [], [], back]);
  });
});

describe('a record', () => {
  it('contains plain, versioned JSON, and what a poll needs', async () => {
    const { start, disk } = lives();
    const life = await start();
    const { id } = life.send({ ClientRequestToken: 'token-1' });
    await pass(10);
    expect(disk.read(`send-${id}`)).toMatchObject({ v: 1, id, channelArn: draft.ChannelArn, input: draft });
    await pass(100);
    expect(disk.read(`sent-${id}`)).toMatchObject({ v: 1, id, messageId: 'm1', provable: true, update: false });
    expect(disk.read(`sent-${id}`)).toMatchObject({ input: draft, type: 'STANDARD', persistence: 'PERSISTENT' });
  });

  it('is written once when a send begins and once when its MessageId is known, and each is removed once', async () => {
    const { start } = lives();
    const life = await start();
    life.send({ ClientRequestToken: 'token-1' });
    await pass(5 * SECOND);
    life.service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(life.store.log).toEqual([
      'getKeys',
      'setItem send-token-1',
      'setItem sent-token-1',
      'removeItem send-token-1',
      'removeItem sent-token-1',
    ]);
  });

  it('is written only for the send if the send’s own response settles the message', async () => {
    const { start, service } = lives();
    service.answer('send', replies.accepted('m1', 'SENT'));
    const life = await start();
    life.send({ ClientRequestToken: 'token-1' });
    await pass(SECOND);
    expect(life.store.log).toEqual(['getKeys', 'setItem send-token-1', 'removeItem send-token-1']);
  });
});

it('each of these tests has its own disk', () => {
  expect([new Disk().names, new ScriptedService().count()]).toEqual([[], 0]);
});
