// What a store costs that fails for long: almost nothing is remembered about ended deliveries, and one operation is
// enough to see whether it still fails.

import { describe, expect, it } from '@jest/globals';

import { WriteQueue } from '../../../src/features/persistence/write-queue.ts';
import { lives, type Life } from '../../support/restart-kit.ts';
import { replies } from '../../support/scripted-service.ts';
import { MINUTE, pass, SECOND } from '../../support/tracker-kit.ts';

const MESSAGES = 500;
const fast = { rateLimit: { requestsPerSecond: 100_000, burst: 100_000, maxConcurrent: 1_000 } };

/** Sends this many messages, which the response to the send settles. */
async function sendAll({ send, service }: Life): Promise<void> {
  let count = 0;
  service.answer('send', () => replies.accepted(`m${(count += 1)}`, 'SENT'));
  for (let i = 0; i < MESSAGES; i += 1) send();
  await pass(SECOND);
}

const operations = ({ store }: Life): number => store.log.length;
const remembered = ({ store }: Life): number => WriteQueue.of(store).size;

describe('a store that fails all operations', () => {
  it('leaves nothing to do for ended deliveries, except the few operations that found the failure', async () => {
    const life = await lives().start(fast, (store) => store.ail('rejects'));
    await sendAll(life);
    expect(life.tracker.stats.settled.SENT).toBe(MESSAGES);
    expect(remembered(life)).toBeLessThanOrEqual(40);
    life.store.heal();
    await pass(2 * MINUTE);
    expect(remembered(life)).toBe(0);
  });

  it('is tried a few times, and then with one operation of each kind at a time, ever more rarely', async () => {
    const life = await lives().start(fast, (store) => store.ail('rejects'));
    await sendAll(life);
    expect(operations(life)).toBeLessThanOrEqual(80);
    const before = operations(life);
    await pass(10 * MINUTE);
    // One listing, one write and one removal each time.
    expect(operations(life) - before).toBeLessThanOrEqual(3 * 16);
  });

  it('is tried with at most one operation a second while messages keep coming', async () => {
    const life = await lives().start(fast, (store) => store.ail('rejects'));
    await sendAll(life);
    const before = operations(life);
    for (let i = 0; i < 100; i += 1) {
      life.send();
      await pass(100);
    }
    expect(operations(life) - before).toBeLessThanOrEqual(30);
  });
});

describe('a store that removes nothing', () => {
  it('costs one remembered key for each ended message, and is tried with one removal at a time', async () => {
    const life = await lives().start(fast);
    life.store.ail('rejects', 'removeItem');
    await sendAll(life);
    expect(remembered(life)).toBe(MESSAGES);
    const before = operations(life);
    await pass(10 * MINUTE);
    expect(operations(life) - before).toBeLessThanOrEqual(16);
    life.store.heal();
    await pass(2 * MINUTE);
    expect(remembered(life)).toBe(0);
  });

  it('removes the record of the accepted message after the record of the send', async () => {
    const world = lives();
    const life = await world.start(fast);
    life.store.ail('rejects', 'removeItem');
    for (let i = 0; i < 20; i += 1) life.send();
    await pass(SECOND);
    for (const messageId of world.service.created.values()) world.service.settle(messageId, 'SENT');
    await pass(MINUTE);
    expect([life.tracker.stats.pending, world.disk.names.length, remembered(life)]).toEqual([0, 40, 20]);
    life.store.heal();
    await pass(2 * MINUTE);
    expect([world.disk.names, remembered(life)]).toEqual([[], 0]);
  });
});

describe('a store that writes nothing', () => {
  it('gets exactly what is in memory when it works again', async () => {
    const world = lives();
    const life = await world.start(fast);
    life.store.ail('rejects', 'setItem');
    await sendAll(life);
    life.service.heal('send');
    const [pending] = [life.send()];
    await pass(SECOND);
    life.store.heal();
    await pass(MINUTE);
    expect(world.disk.names).toEqual([`sent-${pending.id}`]);
  });
});

describe('a store that cannot write one key', () => {
  it('writes all others', async () => {
    const world = lives();
    const life = await world.start(fast);
    const set = life.store.setItem.bind(life.store);
    life.store.setItem = (key, value) => (key.includes('bad') ? Promise.reject(new Error('EPERM')) : set(key, value));
    world.service.answer('send', replies.hangs());
    life.send({ ClientRequestToken: 'bad' });
    await pass(5 * MINUTE);
    life.send({ ClientRequestToken: 'good' });
    await pass(10);
    expect(world.disk.names).toEqual(['send-good']);
  });
});

describe('a store that reads nothing', () => {
  it('is tried with a few records, and then with one at a time', async () => {
    const world = lives();
    const first = await world.start(fast);
    for (let i = 0; i < MESSAGES; i += 1) first.track(`m${i}`);
    await pass(100);
    first.kill();
    const second = await world.start({}, (store) => store.ail('rejects', 'getItem'));
    expect(operations(second)).toBeLessThanOrEqual(40);
    const before = operations(second);
    await pass(10 * MINUTE);
    expect(operations(second) - before).toBeLessThanOrEqual(16);
    second.store.heal();
    await pass(2 * MINUTE);
    expect(second.tracker.stats.pending).toBe(MESSAGES);
  });
});
