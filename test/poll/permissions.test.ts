import { describe, expect, it } from '@jest/globals';
import { Permissions } from '../../src/poll/permissions.ts';
import { alice, bob, channel, otherChannel } from '../support/delivery-record.ts';

const MINUTE = 60_000;
const here = { chimeBearer: alice, channelArn: channel };
const elsewhere = { chimeBearer: alice, channelArn: otherChannel };
const bobs = { chimeBearer: bob, channelArn: channel };

describe('the permission for an operation', () => {
  it('is assumed until it is refused, separately for each operation, bearer and channel', () => {
    const access = new Permissions();
    access.recordRefused(here, 'status', 0);
    const ways = ['status', 'message', 'list'] as const;
    expect(ways.map((way) => access.allows(here, way, 1))).toEqual([false, true, true]);
    expect([elsewhere, bobs].map((place) => access.allows(place, 'status', 1))).toEqual([true, true]);
    access.recordRefused(here, 'list', 1);
    expect(ways.map((way) => access.allows(here, way, 2))).toEqual([false, true, false]);
    expect(ways.map((way) => access.allows(elsewhere, way, 2))).toEqual([true, true, true]);
  });

  it('is retried after it is granted, and not before', () => {
    const access = new Permissions();
    for (const way of ['status', 'message'] as const) access.recordRefused(here, way, 0);
    access.recordAllowed(bobs, 'status');
    access.recordAllowed(elsewhere, 'status');
    expect(access.allows(here, 'status', 1)).toBe(false);
    access.recordAllowed(here, 'status');
    expect([access.allows(here, 'status', 1), access.allows(here, 'message', 1)]).toEqual([true, false]);
  });

  it('is retried ten minutes after the last refusal', () => {
    const access = new Permissions();
    access.recordRefused(here, 'status', 0);
    access.recordRefused(here, 'status', MINUTE);
    expect(access.allows(here, 'status', 11 * MINUTE - 1)).toBe(false);
    expect(access.allows(here, 'status', 11 * MINUTE)).toBe(true);
  });

  it('counts as denied after a minute of refusals with nothing in between', () => {
    const access = new Permissions();
    access.recordRefused(here, 'status', 0);
    expect(access.isDenied(here, 'status', MINUTE - 1)).toBe(false);
    access.recordRefused(here, 'status', 30_000);
    expect(access.isDenied(here, 'status', MINUTE)).toBe(true);
    expect([
      access.isDenied(here, 'message', MINUTE),
      access.isDenied(elsewhere, 'status', MINUTE),
      access.isDenied(bobs, 'status', MINUTE),
    ]).toEqual([false, false, false]);
    access.recordAllowed(here, 'status');
    access.recordRefused(here, 'status', MINUTE + 1);
    expect(access.isDenied(here, 'status', 2 * MINUTE)).toBe(false);
  });

  it('is remembered for the latest thousand channels', () => {
    const access = new Permissions();
    const place = (i: number): typeof here => ({ chimeBearer: alice, channelArn: `${channel}-${i}` });
    for (let i = 0; i < 1_001; i += 1) access.recordRefused(place(i), 'status', 0);
    expect([0, 1, 1_000].map((i) => access.allows(place(i), 'status', 1))).toEqual([true, false, false]);
  });
});
