// What a shard's tracker has learnt, from one holder to the next.
import { describe, expect, it } from '@jest/globals';
import { LatencyModel } from '../../src/features/adaptive-polling/latency-model.ts';
import { learn, LearntSchedule, writeLearnt } from '../../src/fleet/learnt-schedule.ts';
import { startFleet } from '../support/fleet-kit.ts';
import { ALICE, CHANNEL } from '../support/scripted-service.ts';
import { flush, pass, SECOND } from '../support/tracker-kit.ts';

function modelOf(times: readonly (readonly [afterMs: number, byMs: number])[]): LatencyModel {
  const model = new LatencyModel();
  for (const [afterMs, byMs] of times) model.observe('general', afterMs, byMs);
  return model;
}

describe('the text of what was learnt', () => {
  it('gives the next model the same plan', () => {
    const observed = Array.from({ length: 40 }, (_, i) => [i % 3 === 0 ? 2_000 : 3_000 + i, 3_000 + i] as const);
    const first = modelOf(observed);
    const second = new LatencyModel();
    learn(second, writeLearnt(first));
    expect(writeLearnt(second)).toBe(writeLearnt(first));
    for (const age of [0, 500, 2_900, 3_020, 8_000])
      expect(second.nextPollAge('general', age, 0.5)).toBe(first.nextPollAge('general', age, 0.5));
  });

  it('has the latest fifty observations of a channel', () => {
    const text = writeLearnt(modelOf(Array.from({ length: 120 }, (_, i) => [1_000 + i, 1_000 + i] as const)));
    const { channels } = JSON.parse(text) as { channels: [string, number[][]][] };
    expect(channels[0]?.[1]).toHaveLength(50);
    expect(text.length).toBeLessThan(1_200);
  });

  it.each(['', 'no JSON', '{}', '{"v":2,"channels":[["a",[[1,2]]]]}', '{"v":1,"channels":[["a",[["x",null]]],7]}'])(
    'teaches nothing where it is damaged, or of another version: %s',
    (text) => {
      const model = new LatencyModel();
      learn(model, text);
      expect(model.count).toBe(0);
    },
  );

  it('is not written where nothing is new', async () => {
    const texts: string[] = [];
    const records = { keepLearnt: async (_shard: number, text: string) => void texts.push(text) } as never;
    const schedule = new LearntSchedule(records, 1);
    await schedule.load();
    await schedule.keep(0);
    await schedule.keep(0, true);
    expect(texts).toEqual([]);
  });
});

describe('a fleet', () => {
  it('polls by what an earlier holder of the shard has learnt', async () => {
    const kit = startFleet();
    const one = kit.start({ role: 'worker' });
    const client = kit.start({ role: 'client' });
    await pass(SECOND);
    const settleAfter = async (messageId: string, ms: number): Promise<void> => {
      client.fleet.track({ channelArn: CHANNEL, messageId, chimeBearer: ALICE }).catch(() => undefined);
      await pass(ms);
      kit.service.settle(messageId, 'SENT');
      await pass(40 * SECOND);
    };
    for (let i = 0; i < 12; i += 1) await settleAfter(`m${i}`, 9 * SECOND);
    await flush();
    const closing = one.fleet.close();
    await pass(2 * SECOND);
    await closing;
    const kept = await Promise.all(Array.from({ length: 8 }, async (_, shard) => kit.engine.records.learnt?.(shard)));
    expect(kept.filter((text) => text?.includes(CHANNEL))).toHaveLength(1);
    kit.start({ role: 'worker' });
    await pass(2 * SECOND);
    const before = kit.service.count();
    client.fleet.track({ channelArn: CHANNEL, messageId: 'later', chimeBearer: ALICE }).catch(() => undefined);
    // A tracker that has learnt nothing polls after 1.8 s.
    await pass(6 * SECOND);
    expect(kit.service.count()).toBe(before);
    await pass(20 * SECOND);
    expect(kit.service.count()).toBeGreaterThan(before);
  });
});
