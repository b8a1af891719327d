// Trackers of one process on the same store object, one after the other or side by side, as a React app creates them: a
// clean-up cannot wait for `close`.

import { describe, expect, it } from '@jest/globals';
import type { DeliveryTracker } from 'chime-delivery';

import { replies, ScriptedService, type Reply } from '../../support/scripted-service.ts';
import { Disk, type ScriptedStore } from '../../support/scripted-store.ts';
import { flush, MINUTE, pass, SECOND, standing, startTracker, type TrackerKit } from '../../support/tracker-kit.ts';

const refused: Reply = {
  error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
};

function slowStore(): { disk: Disk; store: ScriptedStore; service: ScriptedService; mount: () => TrackerKit } {
  const disk = new Disk();
  const store = disk.mount();
  const service = new ScriptedService();
  Object.assign(store.latencies, { setItem: 400, getKeys: 5, getItem: 5, removeItem: 100 });
  return { disk, store, service, mount: () => startTracker({ service, store }) };
}

/** Its outcome, wherever it is known. */
const statusOf = (id: string, ...trackers: DeliveryTracker[]): (string | undefined)[] =>
  trackers.map((tracker) => tracker.get(id)?.status);

describe('a tracker that is created while the one before it still closes', () => {
  it('restores what its predecessor is still writing, and sends it once', async () => {
    const { mount, service, disk } = slowStore();
    const first = mount();
    const { id } = first.send();
    void first.tracker.close();
    const second = mount();
    await pass(2 * SECOND);
    expect(statusOf(id, second.tracker)).toEqual(['PENDING']);
    expect([service.count('send'), await standing(second.tracker.restored)]).toEqual([1, 1]);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect([second.story.at(-1), disk.names]).toEqual(['settled SENT m1', []]);
  });

  it('does so at any moment of the writing', async () => {
    for (const afterMs of [0, 1, 5, 100, 399, 400, 401, 430, 600]) {
      const { mount, service, disk } = slowStore();
      const first = mount();
      const { id } = first.send();
      await pass(afterMs);
      void first.tracker.close();
      const second = mount();
      await pass(3 * SECOND);
      expect([afterMs, ...statusOf(id, second.tracker)]).toEqual([afterMs, 'PENDING']);
      service.settle('m1', 'SENT');
      await pass(MINUTE);
      expect([service.created.size, disk.names]).toEqual([1, []]);
    }
  });

  it('loses no send when many trackers follow at once, each with a send', async () => {
    const { mount, service, disk } = slowStore();
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { tracker, send } = mount();
      ids.push(send({ Content: `${i}` }).id);
      void tracker.close();
    }
    const last = mount();
    await pass(5 * SECOND);
    expect(ids.map((id) => last.tracker.get(id)?.status)).toEqual(Array(4).fill('PENDING'));
    expect([...service.created.keys()].toSorted()).toEqual(ids.toSorted());
    for (const messageId of service.created.values()) service.settle(messageId, 'SENT');
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
  });

  it('works in React strict mode: closed and created again before anything is sent', async () => {
    const { mount, service } = slowStore();
    void mount().tracker.close();
    void mount().tracker.close();
    const { send } = mount();
    const delivery = send();
    await pass(2 * SECOND);
    expect([delivery.state.status, service.count('send')]).toEqual(['PENDING', 1]);
  });

  it('restores what its predecessor could not write at all', async () => {
    const { mount, service, store, disk } = slowStore();
    store.ail('rejects', 'setItem');
    service.answer('send', refused);
    const first = mount();
    const { id } = first.send();
    await pass(2 * SECOND);
    await Promise.all([first.tracker.close(), pass(6 * SECOND)]);
    store.heal();
    service.heal('send');
    const second = mount();
    await pass(5 * SECOND);
    expect([disk.names, ...statusOf(id, second.tracker)]).toEqual([[`sent-${id}`], 'PENDING']);
  });

  it('knows from its predecessor that nothing had left', async () => {
    const { mount, service } = slowStore();
    service.answer('send', refused);
    const first = mount();
    const { id } = first.send();
    await pass(10 * SECOND);
    void first.tracker.close();
    service.answer('send', replies.forbidden());
    const second = mount();
    await pass(10 * SECOND);
    expect(second.tracker.get(id)).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
  });

  it('does not restore what its predecessor removes', async () => {
    const { mount, service } = slowStore();
    const first = mount();
    first.send();
    await pass(SECOND);
    service.settle('m1', 'SENT');
    void first.tracker.reconcile();
    await pass(30);
    expect(first.story.at(-1)).toBe('settled SENT m1');
    void first.tracker.close();
    const second = mount();
    await pass(MINUTE);
    expect([second.story, await standing(second.tracker.restored)]).toEqual([[], 0]);
  });

  it('is not disturbed by a write of its predecessor that takes effect much later', async () => {
    const { mount, service, store, disk } = slowStore();
    service.answer('send', replies.hangs());
    store.ail('hangs', 'setItem');
    const first = mount();
    const { id } = first.send();
    await pass(6 * SECOND);
    await Promise.all([first.tracker.close(), pass(6 * SECOND)]);
    service.heal('send');
    const second = mount();
    await pass(10 * SECOND);
    expect(statusOf(id, second.tracker)).toEqual(['PENDING']);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(second.story.at(-1)).toBe('settled SENT m1');
    store.heal();
    await pass(2 * MINUTE);
    expect(disk.names).toEqual([]);
  });
});

describe('two trackers that are open side by side', () => {
  it('do not take each other’s deliveries; what one leaves, the other restores', async () => {
    const { mount, service } = slowStore();
    service.answer('send', replies.hangs());
    const first = mount();
    const { id } = first.send();
    await pass(SECOND);
    const second = mount();
    await pass(SECOND);
    expect([service.count('send'), await standing(second.tracker.restored)]).toEqual([1, 0]);
    service.heal('send');
    void first.tracker.close();
    await pass(2 * SECOND);
    expect([service.count('send'), ...statusOf(id, second.tracker)]).toEqual([2, 'PENDING']);
  });

  it('leave no timer behind when one closes after the other', async () => {
    const { mount } = slowStore();
    const first = mount();
    const second = mount();
    first.send();
    second.send();
    await flush();
    const closed = Promise.all([first.tracker.close(), second.tracker.close()]);
    await pass(6 * SECOND);
    expect(await standing(closed)).toHaveLength(2);
  });
});
