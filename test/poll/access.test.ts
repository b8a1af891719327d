import { describe, expect, it } from '@jest/globals';
import { Access } from '../../src/poll/access.ts';
import { alice, bob, channel, otherChannel } from '../support/known.ts';

const MINUTE = 60_000;
const here = { chimeBearer: alice, channelArn: channel };
const elsewhere = { chimeBearer: alice, channelArn: otherChannel };
const bobs = { chimeBearer: bob, channelArn: channel };

describe('the ways of asking', () => {
  it('are worth a try until they are refused, each for itself, for each bearer and in each channel', () => {
    const access = new Access();
    access.refused(here, 'status', 0);
    const ways = ['status', 'message', 'list'] as const;
    expect(ways.map((way) => access.may(here, way, 1))).toEqual([false, true, true]);
    expect([elsewhere, bobs].map((place) => access.may(place, 'status', 1))).toEqual([true, true]);
    access.refused(here, 'list', 1);
    expect(ways.map((way) => access.may(here, way, 2))).toEqual([false, true, false]);
    expect(ways.map((way) => access.may(elsewhere, way, 2))).toEqual([true, true, true]);
  });

  it('are worth a try again once permitted, and only then', () => {
    const access = new Access();
    for (const way of ['status', 'message'] as const) access.refused(here, way, 0);
    access.permitted(bobs, 'status');
    access.permitted(elsewhere, 'status');
    expect(access.may(here, 'status', 1)).toBe(false);
    access.permitted(here, 'status');
    expect([access.may(here, 'status', 1), access.may(here, 'message', 1)]).toEqual([true, false]);
  });

  it('are worth a try again ten minutes after the last refusal', () => {
    const access = new Access();
    access.refused(here, 'status', 0);
    access.refused(here, 'status', MINUTE);
    expect(access.may(here, 'status', 11 * MINUTE - 1)).toBe(false);
    expect(access.may(here, 'status', 11 * MINUTE)).toBe(true);
  });

  it('are refused for good after a minute of refusals with nothing in between', () => {
    const access = new Access();
    access.refused(here, 'status', 0);
    expect(access.isRefusedForGood(here, 'status', MINUTE - 1)).toBe(false);
    access.refused(here, 'status', 30_000);
    expect(access.isRefusedForGood(here, 'status', MINUTE)).toBe(true);
    expect([
      access.isRefusedForGood(here, 'message', MINUTE),
      access.isRefusedForGood(elsewhere, 'status', MINUTE),
      access.isRefusedForGood(bobs, 'status', MINUTE),
    ]).toEqual([false, false, false]);
    access.permitted(here, 'status');
    access.refused(here, 'status', MINUTE + 1);
    expect(access.isRefusedForGood(here, 'status', 2 * MINUTE)).toBe(false);
  });

  it('are remembered for a thousand channels, the last ones', () => {
    const access = new Access();
    const place = (i: number): typeof here => ({ chimeBearer: alice, channelArn: `${channel}-${i}` });
    for (let i = 0; i < 1_001; i += 1) access.refused(place(i), 'status', 0);
    expect([0, 1, 1_000].map((i) => access.may(place(i), 'status', 1))).toEqual([true, false, false]);
  });
});
