// A store whose listing hangs at first: it is listed again when this session has records of its own.
import { describe, expect, it } from '@jest/globals';

import { CHANNEL, ScriptedService } from '../../support/scripted-service.ts';
import { draft, MINUTE, pass, SECOND, startTracker } from '../../support/tracker-kit.ts';

describe('a listing that comes late', () => {
  it('leaves the markers of this session alone: a deleted message is not DENIED in the next one', async () => {
    const disk = new Map<string, string>();
    let hangs = true;
    const store = {
      getKeys: () => (hangs ? new Promise<string[]>(() => undefined) : [...disk.keys()]),
      getItem: (key: string) => disk.get(key) ?? null,
      setItem: (key: string, value: string) => void disk.set(key, value),
      removeItem: (key: string) => void disk.delete(key),
    };
    const service = new ScriptedService();
    const first = startTracker({ store, service, socket: 'up' });
    first.send();
    await pass(10 * SECOND);
    first.push.event('DELETE_CHANNEL_MESSAGE', { MessageId: 'm1', ChannelArn: CHANNEL });
    await pass(SECOND);
    hangs = false;
    await pass(2 * MINUTE);
    await first.tracker.close();
    expect([...disk.keys()].some((key) => key.includes(':gone-'))).toBe(true);

    service.settle('m1', 'DENIED');
    const second = startTracker({ store: { ...store }, service });
    await pass(MINUTE);
    const [state] = [...service.created].map(([token]) => second.tracker.get(token));
    expect(state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate', input: draft });
  });
});
