// What a store that fails for long costs: next to nothing is remembered of what has ended, and one operation is enough to see
// whether it still fails.

import { describe, expect, it } from '@jest/globals';

import { WriteQueue } from '../../../src/features/persistence/write-queue.ts';
import { lives, type Life } from '../../support/restart-kit.ts';
import { replies } from '../../support/scripted-service.ts';
import { MINUTE, pass, SECOND } from '../../support/tracker-kit.ts';

const MESSAGES = 500;
const fast = { rateLimit: { requestsPerSecond: 100_000, burst: 100_000, maxConcurrent: 1_000 } };

/** Sends so many, which the answer to the send settles. */
async function sendAll({ send, service }: Life): Promise<void> {
  let count = 0;
  service.answer('send', () => replies.accepted(`m${(count += 1)}`, 'SENT'));
  for (let i = 0; i < MESSAGES; i += 1) send();
  await pass(SECOND);
}

const operations = ({ store }: Life): number => store.log.length;
const remembered = ({ store }: Life): number => WriteQueue.of(store).size;

describe('while a store takes nothing', () => {
  it('what has ended leaves nothing to be done, but for the few by which that was found out', async () => {
    const life = await lives().start(fast, (store) => store.ail('rejects'));
    await sendAll(life);
    expect(life.tracker.stats.settled.SENT).toBe(MESSAGES);
    expect(remembered(life)).toBeLessThanOrEqual(40);
    life.store.heal();
    await pass(2 * MINUTE);
    expect(remembered(life)).toBe(0);
  });

  it('few operations are tried, and after that one of a kind at a time, ever more rarely', async () => {
    const life = await lives().start(fast, (store) => store.ail('rejects'));
    await sendAll(life);
    expect(operations(life)).toBeLessThanOrEqual(80);
    const before = operations(life);
    await pass(10 * MINUTE);
    // One listing, one write and one removal each time.
    expect(operations(life) - before).toBeLessThanOrEqual(3 * 16);
  });

  it('and messages come all the time, no more than one is tried in a second', async () => {
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

describe('while a store removes nothing', () => {
  it('one key is remembered of a message that has ended, and one removal at a time is tried', async () => {
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

  it('the record of what the service has is removed after that of the send, all the same', async () => {
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

describe('while a store writes nothing', () => {
  it('everything that is in memory is written when it works again, and nothing else', async () => {
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

describe('while one key cannot be written', () => {
  it('all others are', async () => {
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

describe('while a store reads nothing', () => {
  it('few records are tried, and after that one at a time', async () => {
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
