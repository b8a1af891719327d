import { describe, expect, it } from '@jest/globals';
import { StoreError } from 'chime-delivery';

import { lives } from '../../support/restart-kit.ts';
import { replies } from '../../support/scripted-service.ts';
import type { Ailment, ScriptedStore } from '../../support/scripted-store.ts';
import { flush, HOUR, MINUTE, pass, SECOND, standing } from '../../support/tracker-kit.ts';

const ailments: Ailment[] = ['throws', 'rejects', 'hangs'];

describe.each(ailments)('a store that %s from the start', (ailment) => {
  const ill = (store: ScriptedStore): void => store.ail(ailment);

  it('delays a send by 5 s at most, loses nothing that is in memory, and is reported once', async () => {
    const { boot, service } = lives();
    const { send, track, tracker, errors, store } = boot({}, ill);
    const delivery = send();
    const tracked = track('m9');
    await pass(5 * SECOND + 100);
    expect(await standing(tracker.restored)).toBe(0);
    expect(service.count('send')).toBe(1);
    service.settle('m1', 'SENT');
    service.settle('m9', 'SENT');
    await pass(MINUTE);
    expect([delivery.state.status, tracked.state.status]).toEqual(['SENT', 'SENT']);
    await pass(HOUR);
    const told = new Set(errors.map((error) => (error as StoreError).operation));
    expect(errors).toHaveLength(told.size);
    expect([...told]).toEqual(expect.arrayContaining(['getKeys', 'setItem']));
    for (const error of errors) {
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 'STORE_FAILED', cause: expect.any(Error) });
    }
    store.heal();
  });

  it('does not delay later sends', async () => {
    const { boot, service } = lives();
    const { send, store } = boot({}, ill);
    await pass(6 * SECOND);
    send();
    await pass(100);
    expect(service.count('send')).toBe(1);
    store.heal();
  });

  it('restores its records when it works again', async () => {
    const { start, boot, service } = lives();
    const first = await start();
    const { id } = first.send();
    await pass(100);
    first.kill();
    service.settle('m1', 'SENT');
    const { tracker, store, errors } = boot({}, ill);
    await pass(10 * SECOND);
    expect(tracker.get(id)).toBeUndefined();
    store.heal();
    await pass(MINUTE);
    expect(tracker.get(id)).toMatchObject({ status: 'SENT' });
    expect(errors).toMatchObject([{ operation: 'getKeys' }]);
  });

  it('does not keep `close` waiting longer than its limit', async () => {
    const { boot } = lives();
    const { tracker, send, store } = boot({}, ill);
    send();
    await flush();
    const closed = tracker.close();
    await pass(5 * SECOND);
    expect(await standing(closed)).toBeUndefined();
    store.heal();
  });
});

describe.each(ailments)('a store that %s now and then', (ailment) => {
  it('contains exactly what is in memory soon after it works again', async () => {
    const { start, disk, service } = lives();
    const { store, track, tracker, send, errors } = await start();
    track('m5');
    track('m6');
    await flush();
    store.ail(ailment, 'setItem', 'removeItem');
    const delivery = send();
    track('m7');
    tracker.forget('m6');
    service.settle('m5', 'SENT');
    await pass(20 * SECOND);
    expect(delivery.state.status).toBe('PENDING');
    expect(disk.names).toEqual(['sent-m5', 'sent-m6']);
    store.heal();
    await pass(MINUTE);
    expect(disk.names).toEqual([`sent-${delivery.id}`, 'sent-m7'].toSorted());
    expect(errors.length).toBeLessThanOrEqual(2);
  });

  it('is reported once a minute at most', async () => {
    const { start } = lives();
    const { store, track, errors } = await start();
    for (let i = 0; i < 60; i += 1) {
      if (i % 2 === 0) store.ail(ailment, 'setItem');
      track(`m${i}`);
      await pass(6 * SECOND);
      store.heal();
      await pass(4 * SECOND);
    }
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.length).toBeLessThanOrEqual(10);
  });

  it('restores what it can, and the rest later', async () => {
    const { start, boot } = lives();
    const first = await start();
    for (let i = 0; i < 100; i += 1) first.track(`m${i}`);
    await flush();
    first.kill();
    const { tracker, store, logged } = boot({}, (ill) => (ill.latencyMs = 100));
    await pass(250);
    store.ail(ailment, 'getItem');
    await pass(20 * SECOND);
    const early = await standing(tracker.restored);
    expect(early).toBe(64);
    store.heal();
    await pass(MINUTE);
    expect(tracker.stats.pending).toBe(100);
    expect(logged.filter((line) => line.includes('unreadable'))).toEqual([]);
  });
});

describe('a slow store', () => {
  it('causes delay but no loss: a record that it returns after the limit is restored all the same', async () => {
    const { start, boot, service } = lives();
    const first = await start();
    const { id } = first.send();
    await pass(100);
    first.kill();
    const { tracker, errors } = boot({}, (store) => (store.latencyMs = 8 * SECOND));
    await pass(5 * SECOND);
    expect(await standing(tracker.restored)).toBe(0);
    await pass(20 * SECOND);
    expect(tracker.get(id)).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(errors[0]).toMatchObject({ code: 'STORE_FAILED' });
    expect(service.count('send')).toBe(1);
  });

  it('has few reads in flight at a time', async () => {
    const { start, boot } = lives();
    const first = await start();
    for (let i = 0; i < 500; i += 1) first.track(`m${i}`);
    await flush();
    first.kill();
    const { tracker, store } = boot({}, (slow) => (slow.latencyMs = 50));
    await pass(50 + Math.ceil(500 / 32) * 50 + 10);
    expect(await standing(tracker.restored)).toBe(500);
    expect(store.mostUnderWay).toBe(32);
  });

  it('has few writes in flight at a time', async () => {
    const { start, disk } = lives();
    const { track, store } = await start();
    store.latencyMs = 50;
    for (let i = 0; i < 500; i += 1) track(`m${i}`);
    await pass(Math.ceil(500 / 32) * 50 + 10);
    expect(disk.items.size).toBe(500);
    expect(store.mostUnderWay).toBe(32);
  });

  it('delays no send longer than its limit, however many operations wait', async () => {
    const { start, service, disk } = lives();
    const { send, track, store, tracker } = await start();
    store.latencyMs = SECOND;
    for (let i = 0; i < 500; i += 1) track(`n${i}`);
    const { id } = send();
    await pass(5 * SECOND - 10);
    expect(service.count('send')).toBe(0);
    await pass(SECOND);
    expect(service.count('send')).toBe(1);
    await pass(MINUTE);
    expect(disk.names).toContain(`sent-${id}`);
    await tracker.close();
  });

  it('keeps the order of the operations on one key: a removed record does not come back', async () => {
    const { start, disk, service } = lives();
    service.latencyMs = 1;
    const { store, tracker, send, track } = await start();
    store.latencyMs = 4 * SECOND;
    const early = track('m5');
    tracker.forget(early.id);
    service.answer('send', replies.accepted('m1', 'SENT'));
    send();
    await pass(30 * SECOND);
    expect(disk.names).toEqual([]);
  });

  it('whose write is overdue does not restore what was removed since', async () => {
    const { start, disk } = lives();
    const { store, tracker, track } = await start();
    store.ail('hangs', 'setItem');
    track('m5');
    await pass(6 * SECOND);
    tracker.forget('m5');
    await pass(MINUTE);
    expect(store.log.filter((line) => line.startsWith('remove'))).toEqual([]);
    store.heal();
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
    expect(store.log.at(-1)).toBe('removeItem sent-m5');
  });
});

describe('a store that never answers one operation', () => {
  it('serves every other key', async () => {
    const { start, disk } = lives();
    const { store, track } = await start();
    store.ail('hangs');
    track('m1');
    await pass(6 * SECOND);
    store.heal({ lost: true });
    track('m2');
    await pass(MINUTE);
    track('m3');
    await flush();
    expect(disk.names).toEqual(['sent-m2', 'sent-m3']);
  });
});

describe('a store that never answers one read', () => {
  it.each(['getKeys', 'getItem'] as const)('by %s restores its records when it works again', async (operation) => {
    const { start, boot, service, disk } = lives();
    const first = await start();
    const { id } = first.send();
    first.track('m7');
    await pass(100);
    first.kill();
    const { tracker, store, story } = boot({}, (ill) => ill.ail('hangs', operation));
    await pass(8 * SECOND);
    store.heal({ lost: true });
    await pass(MINUTE);
    expect([id, 'm7'].map((each) => tracker.get(each)?.status)).toEqual(['PENDING', 'PENDING']);
    service.settle('m1', 'SENT');
    service.settle('m7', 'SENT');
    await pass(5 * MINUTE);
    expect(story.filter((line) => line.startsWith('settled'))).toHaveLength(2);
    expect(disk.names).toEqual([]);
  });

  it('blocks no operation on the same key, and its late result is ignored', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    const { tracker, track, store, story } = boot({ keepSettled: 0 }, (ill) => ill.ail('hangs', 'getItem'));
    await pass(4 * SECOND);
    track('m1', { status: 'SENT' });
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
    store.heal();
    await pass(MINUTE);
    expect(tracker.get('m1')).toBeUndefined();
    expect(story.filter((line) => line.endsWith(' m1'))).toHaveLength(3);
  });
});

describe('a store that never ends one removal', () => {
  it('delays neither that send nor later ones', async () => {
    const { start, service } = lives();
    const { store, send, track, tracker } = await start();
    // After a refusal a send is marked as unsent: nothing of it has left. The marker is removed before each further
    // attempt.
    service.answer('send', replies.expiredToken());
    const first = send();
    await pass(SECOND);
    store.ail('hangs', 'removeItem');
    await pass(10 * SECOND);
    store.heal({ lost: true });
    track('m9');
    await pass(MINUTE);
    service.heal('send');
    const second = send();
    await pass(2 * MINUTE);
    expect([first.state.status, second.state.status]).toEqual(['PENDING', 'PENDING']);
    const closed = tracker.close();
    await pass(6 * SECOND);
    await closed;
  });
});

describe('a full store', () => {
  it('loses nothing that is in memory, and still erases', async () => {
    const { start, disk, service } = lives();
    const { store, track, send, errors } = await start();
    track('m5');
    await flush();
    store.ail('throws', 'setItem');
    const delivery = send();
    service.settle('m1', 'SENT');
    service.settle('m5', 'SENT');
    await pass(MINUTE);
    expect([delivery.state.status, disk.names]).toEqual(['SENT', []]);
    expect(errors).toMatchObject([{ operation: 'setItem', message: expect.stringContaining('QuotaExceededError') }]);
  });

  it('that cannot store a MessageId keeps the send, so that it can be sent again', async () => {
    const { start, disk, service } = lives();
    const life = await start();
    const { id } = life.send();
    await pass(10);
    life.store.ail('throws', 'setItem');
    await pass(SECOND);
    expect(disk.names).toEqual([`send-${id}`]);
    life.kill();
    const { tracker } = await start();
    await pass(SECOND);
    expect(tracker.get(id)).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(service.created.size).toBe(1);
  });
});

describe('an invalid result of a store', () => {
  it.each([undefined, null, 'keys', 7, {}])('%p as the list of keys is reported as a failure', async (keys) => {
    const store = { getKeys: () => keys as string[], getItem: () => null, setItem: () => null, removeItem: () => null };
    const { tracker, errors } = lives().boot({ store });
    expect(await standing(tracker.restored)).toBe(0);
    expect(errors).toMatchObject([{ code: 'STORE_FAILED', operation: 'getKeys' }]);
  });

  it('an error that is returned instead of thrown is no record: the record is read again', async () => {
    const { start, boot, disk } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    let fails = true;
    const mounted = disk.mount();
    const store = {
      getKeys: (base?: string) => mounted.getKeys(base),
      getItem: (key: string) => (fails ? new Error('EMFILE') : mounted.getItem(key)),
      setItem: (key: string, value: string) => mounted.setItem(key, value),
      removeItem: (key: string) => mounted.removeItem(key),
    };
    const { tracker, errors } = boot({ store });
    await flush();
    expect([disk.names, errors.length, tracker.stats.pending]).toEqual([['sent-m1'], 1, 0]);
    fails = false;
    await pass(2 * SECOND);
    expect(tracker.get('m1')?.status).toBe('PENDING');
  });
});

describe('a store that fails now and then', () => {
  it('reports a second outage that begins soon after a short one', async () => {
    const { start } = lives();
    const { send, store, errors } = await start();
    store.ail('rejects', 'setItem');
    send();
    await pass(100);
    expect(errors).toHaveLength(1);
    store.heal();
    await pass(5 * SECOND);
    store.ail('rejects', 'setItem');
    for (let i = 0; i < 60; i += 1) {
      send();
      await pass(MINUTE);
    }
    expect(errors).toHaveLength(2);
    store.heal();
    await pass(2 * MINUTE);
  });

  it('erases an ended delivery completely if one removal failed and the other record was still being written', async () => {
    const { start, service, disk } = lives();
    const life = await start();
    const { send, store, tracker } = life;
    store.latencyMs = 1_000;
    const { id } = send();
    await pass(1_200);
    expect(disk.names).toEqual([`send-${id}`]);
    expect(tracker.get(id)).toMatchObject({ status: 'PENDING' });
    store.ail('rejects', 'removeItem');
    service.settle('m1', 'SENT');
    void tracker.reconcile();
    await flush();
    expect(tracker.get(id)).toMatchObject({ status: 'SENT' });
    await pass(1_000);
    store.heal();
    store.latencyMs = 0;
    await pass(5 * MINUTE);
    expect(disk.names).toEqual([]);
  });

  it('does not restore a delivery that was forgotten after its end', async () => {
    const { start, service, disk } = lives();
    const first = await start();
    first.store.ail('rejects', 'removeItem');
    const { id } = first.send();
    await pass(100);
    service.settle('m1', 'SENT');
    void first.tracker.reconcile();
    await flush();
    expect(first.tracker.get(id)).toMatchObject({ status: 'SENT' });
    first.tracker.forget(id);
    first.store.heal();
    await pass(5 * MINUTE);
    const left = disk.names;
    first.kill();
    const second = await start();
    await flush();
    expect([left, await second.tracker.restored, second.tracker.get(id)]).toEqual([[], 0, undefined]);
  });
});
