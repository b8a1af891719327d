// A send that is marked as unsent leaves only after no record in the store can call it unsent: the next session must
// never find a false marker for a message that the service has accepted.

import { describe, expect, it } from '@jest/globals';

import { lives, type Life } from '../../support/restart-kit.ts';
import type { Call, Reply } from '../../support/scripted-service.ts';
import type { Ailment, ScriptedStore } from '../../support/scripted-store.ts';
import { HOUR, MINUTE, pass, SECOND } from '../../support/tracker-kit.ts';

const token = { ClientRequestToken: 'token-1' };
const refused: Reply = {
  error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
};

type World = ReturnType<typeof lives>;

/** The service accepts it, and its response is lost. */
function takeSilently({ service }: World): void {
  service.answer('send', (call: Call) => ({ ...service.acceptSend(call), hangs: true }));
}

/** A session that marks a send as unsent, and has a faulty store when the network returns. */
async function markedAndBack(world: World, makeIll: (store: ScriptedStore) => void): Promise<Life> {
  world.service.answer('send', refused);
  const life = await world.start();
  life.send(token);
  await pass(10 * SECOND);
  expect(world.disk.names).toEqual(['held-token-1', 'send-token-1']);
  makeIll(life.store);
  takeSilently(world);
  return life;
}

/** What the next session, a day later, reports about it. */
async function nextLife({ start, service }: World): Promise<unknown> {
  await pass(25 * HOUR);
  service.heal('send');
  const { tracker } = await start();
  await pass(MINUTE);
  return tracker.get('token-1')?.status;
}

describe.each<Ailment>(['throws', 'rejects', 'hangs'])('an unsent marker whose removal %s', (ailment) => {
  it('is outweighed by a second marker: the send leaves, and the next session does not call it unsent', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail(ailment, 'removeItem'));
    await pass(40 * SECOND);
    expect(world.service.created.size).toBe(1);
    life.kill();
    expect(world.disk.names).toEqual(['held-token-1', 'left-token-1', 'send-token-1']);
    expect(await nextLife(world)).toBe('UNKNOWN');
    expect(world.disk.names).toEqual([]);
  });

  it('delays the send by no more than the store’s limit', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail(ailment, 'removeItem'));
    void life.tracker.reconcile();
    await pass(5 * SECOND);
    expect(world.service.created.size).toBe(1);
    life.store.heal();
    await pass(MINUTE);
  });

  it('in a store that fails all else keeps the send until the store works, and no session reports a wrong state', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail(ailment, 'removeItem', 'setItem'));
    await pass(5 * MINUTE);
    expect([world.service.created.size, life.tracker.get('token-1')?.status]).toEqual([0, 'SENDING']);
    life.store.heal();
    await pass(2 * MINUTE);
    expect(world.service.created.size).toBe(1);
    life.kill();
    expect(await nextLife(world)).toBe('UNKNOWN');
  });

  it('and that never ends does not keep the send for ever', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail(ailment, 'removeItem', 'setItem'));
    await pass(5 * MINUTE);
    expect(world.service.created.size).toBe(0);
    life.store.heal({ lost: true });
    await pass(3 * MINUTE);
    expect(world.service.created.size).toBe(1);
    life.kill();
    expect(await nextLife(world)).toBe('UNKNOWN');
  });

  it('when the process ends leaves the send to the next session', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail(ailment, 'removeItem', 'setItem'));
    await pass(5 * MINUTE);
    life.kill();
    await pass(5 * HOUR);
    world.service.heal('send');
    const { tracker } = await world.start();
    await pass(MINUTE);
    expect(tracker.get('token-1')).toMatchObject({ status: 'PENDING', messageId: 'm1' });
  });
});

describe('a process that is killed at any moment', () => {
  const ills: [string, (store: ScriptedStore) => void][] = [
    ['with a store that works', () => undefined],
    ['with a store that removes nothing', (store) => store.ail('rejects', 'removeItem')],
    ['with a store that removes too late', (store) => (store.latencies['removeItem'] = 4 * SECOND)],
  ];
  it.each(ills)('%s never calls an accepted message unsent', async (_name, makeIll) => {
    const seen = new Set<string>();
    for (let at = 0; at < 8_000; at += 130) {
      const world = lives();
      world.service.answer('send', refused);
      const life = await world.start();
      life.store.latencyMs = 40;
      life.send(token);
      await pass(1_000);
      makeIll(life.store);
      takeSilently(world);
      await pass(at);
      life.kill();
      const had = world.service.created.size > 0;
      const told = String(await nextLife(world));
      seen.add(`${had} ${told}`);
      await life.tracker.close();
    }
    // A send that left may be too old to poll; one that did not is too old to be sent.
    expect([...seen].filter((each) => each !== 'false FAILED' && each !== 'false UNKNOWN')).toEqual(['true UNKNOWN']);
  });
});

describe('a tracker that is closed at any moment while connections are refused', () => {
  const slow = (removeItem: number) => (store: ScriptedStore) =>
    void Object.assign(store.latencies, { setItem: 300, removeItem });
  it.each<[string, (store: ScriptedStore) => void]>([
    ['with a slow store', slow(300)],
    // The `dispatched` marker is written as well.
    ['with a store that removes too late', slow(4 * SECOND)],
  ])('%s leaves its send to the next session, which sends it', async (_name, makeSlow) => {
    for (let at = 650; at < 12_000; at += 130) {
      const world = lives();
      world.service.answer('send', refused);
      const life = await world.start({ retry: { retries: 0 } });
      makeSlow(life.store);
      life.send(token);
      await pass(at);
      const closed = life.tracker.close();
      await pass(10 * SECOND);
      await closed;
      life.kill();
      world.service.heal('send');
      // A send that may have left would be too old to be sent again.
      const { tracker } = await world.start({ send: { resendWindowMs: SECOND } });
      await pass(MINUTE);
      expect([at, tracker.get('token-1')]).toMatchObject([at, { status: 'PENDING', messageId: 'm1' }]);
      await tracker.close();
    }
  });
});

describe('an unsent marker', () => {
  it('of an earlier send with the same token does not apply to a later one', async () => {
    const world = lives();
    const first = await markedAndBack(world, (store) => store.ail('rejects', 'removeItem'));
    const marks = [...world.disk.items].filter(([key]) => key.includes(':held-'));
    first.tracker.forget('token-1');
    await pass(SECOND);
    first.kill();
    world.disk.items.clear();
    for (const [key, mark] of marks) world.disk.items.set(key, mark);
    // It is not read in time, and cannot be removed.
    const second = world.boot({}, (store) => store.ail('rejects', 'getKeys', 'removeItem'));
    second.send(token);
    await pass(10 * SECOND);
    expect(world.service.created.size).toBe(1);
    second.kill();
    expect(await nextLife(world)).toBe('UNKNOWN');
  });

  it('is not written if an earlier session may have sent the same message, and that is not known yet', async () => {
    const world = lives();
    takeSilently(world);
    const first = await world.start();
    first.send(token);
    await pass(SECOND);
    first.kill();
    world.service.answer('send', refused);
    const second = world.boot({}, (store) => store.ail('rejects', 'getKeys'));
    second.send(token);
    await pass(20 * SECOND);
    await second.tracker.close();
    expect(await nextLife(world)).toBe('UNKNOWN');
  });

  it('is removed with all other records when the message ends', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail('rejects', 'removeItem'));
    world.service.heal('send');
    await pass(40 * SECOND);
    life.store.heal();
    world.service.settle('m1', 'SENT');
    await pass(5 * MINUTE);
    expect([life.tracker.get('token-1')?.status, world.disk.names]).toEqual(['SENT', []]);
  });

  it('is never outlived by the second marker in the wrong order', async () => {
    const world = lives();
    const life = await markedAndBack(world, (store) => store.ail('rejects', 'removeItem'));
    await pass(40 * SECOND);
    life.kill();
    // The next session cannot remove the marker either, and is killed.
    await pass(MINUTE);
    const second = await world.start({}, (store) => store.ail('rejects', 'removeItem'));
    await pass(MINUTE);
    second.kill();
    expect(world.disk.names).toEqual(['held-token-1', 'left-token-1', 'send-token-1']);
    expect(await nextLife(world)).toBe('UNKNOWN');
  });
});
