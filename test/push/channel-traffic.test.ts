import { describe, expect, it } from '@jest/globals';
import { ChannelTraffic } from '../../src/push/channel-traffic.ts';

describe('the traffic of a channel', () => {
  it('is counted by sender, over the time for which the link was up', () => {
    const traffic = new ChannelTraffic();
    traffic.up('alice', 1_000);
    traffic.count('alice', 'lobby', true, 2_000);
    traffic.count('alice', 'lobby', false, 3_000);
    traffic.down('alice', 11_000);
    traffic.up('alice', 50_000);
    expect(traffic.activityIn('alice', 'lobby', 55_000)).toEqual({ own: 1, all: 2, withinMs: 15_000 });
    expect(traffic.activityIn('alice', 'elsewhere', 55_000)).toEqual({ own: 0, all: 0, withinMs: 15_000 });
    expect(traffic.activityIn('bob', 'lobby', 55_000)).toEqual({ own: 0, all: 0, withinMs: 0 });
  });

  it('drops the older half of many messages, with their time', () => {
    const traffic = new ChannelTraffic();
    traffic.up('alice', 0);
    for (let i = 1; i <= 64; i += 1) traffic.count('alice', 'lobby', false, i * 1_000);
    expect(traffic.activityIn('alice', 'lobby', 64_000)).toEqual({ own: 0, all: 32, withinMs: 32_000 });
  });
});
