// What a store may list: keys repeatedly, in another spelling, that no longer exist, or that are not ours.

import { describe, expect, it } from '@jest/globals';
import type { DeliveryStore } from 'chime-delivery';

import { lives, type Lives } from '../../support/restart-kit.ts';
import { MINUTE, pass, SECOND, standing } from '../../support/tracker-kit.ts';

/** The same disk, listed in another way. */
function listedAs(
  world: Lives,
  list: (keys: readonly string[]) => readonly unknown[],
  more: Partial<DeliveryStore> = {},
): DeliveryStore {
  const store = world.disk.mount();
  return {
    getKeys: async (base?: string) => list(await store.getKeys(base)) as string[],
    getItem: (key) => store.getItem(key),
    setItem: (key, value) => store.setItem(key, value),
    removeItem: (key) => store.removeItem(key),
    ...more,
  };
}

async function tenLeft(): Promise<Lives> {
  const world = lives();
  const first = await world.start();
  for (let i = 0; i < 10; i += 1) first.track(`m${i}`);
  await pass(100);
  first.kill();
  return world;
}

describe('a store that lists', () => {
  it.each<[string, (keys: readonly string[]) => readonly unknown[]]>([
    ['every key twice', (keys) => keys.flatMap((key) => [key, key])],
    ['every key again at the end, like a SCAN', (keys) => [...keys, ...keys.toReversed(), ...keys]],
    ['every key in two spellings', (keys) => keys.flatMap((key) => [key, key.replaceAll(':', '/')])],
    ['every key in another spelling', (keys) => keys.map((key) => key.replaceAll(':', '\\'))],
    [
      'keys of other owners, too',
      (keys) => [...keys, ...keys.map((key) => key.replace(':v1:', ':v1:x')), 'theme', null, 7],
    ],
    ['keys that no longer exist', (keys) => [...keys, ...keys.map((key) => `${key}9`)]],
  ])('%s restores each delivery once, and counts it', async (_name, list) => {
    const world = await tenLeft();
    const { tracker, story, service } = world.boot({ store: listedAs(world, list) });
    await pass(100);
    expect([await standing(tracker.restored), tracker.stats.pending]).toEqual([10, 10]);
    for (let i = 0; i < 10; i += 1) service.settle(`m${i}`, 'SENT');
    await pass(MINUTE);
    expect([story.filter((line) => line.startsWith('settled')).length, world.disk.names]).toEqual([10, []]);
  });

  it('every key twice, and returns parsed values, restores each delivery once', async () => {
    const world = await tenLeft();
    const mounted = world.disk.mount();
    const parsing = { getItem: async (key: string) => JSON.parse((await mounted.getItem(key)) ?? 'null') as unknown };
    const { tracker } = world.boot({ store: listedAs(world, (keys) => [...keys, ...keys], parsing) });
    await pass(100);
    expect([await standing(tracker.restored), tracker.stats.pending]).toEqual([10, 10]);
  });

  it('a key that vanishes before it is read restores the others', async () => {
    const world = await tenLeft();
    const mounted = world.disk.mount();
    const vanishing = { getItem: (key: string) => (key.endsWith('-m3') ? undefined : mounted.getItem(key)) };
    const { tracker } = world.boot({ store: listedAs(world, (keys) => keys, vanishing) });
    await pass(100);
    expect([await standing(tracker.restored), tracker.get('m3')]).toEqual([9, undefined]);
  });

  it('the marker and the send twice sends it once', async () => {
    const world = lives();
    const first = await world.start({ rateLimit: { requestsPerSecond: 0.001, burst: 1 } });
    first.send();
    const { id } = first.send();
    await pass(20);
    await first.tracker.close();
    world.service.calls.length = 0;
    const { tracker } = world.boot({ store: listedAs(world, (keys) => [...keys, ...keys]) });
    await pass(SECOND);
    expect(tracker.get(id)?.status).toBe('PENDING');
    expect(world.service.requests('send').filter(({ token }) => token === id)).toHaveLength(1);
  });
});
