import { describe, expect, it } from '@jest/globals';
import type { Known } from '../../src/core/known.ts';
import { Guests } from '../../src/poll/guests.ts';
import { bob, entryOf, otherChannel, pending } from '../support/known.ts';

describe('a delivery of another tracker', () => {
  it('is a guest once, found by its message', () => {
    const guests = new Guests();
    const guest = guests.add(pending());
    expect(guest).toBeDefined();
    expect(guests.add(pending({ id: 'of a third tracker' }))).toBeUndefined();
    expect([guests.find(pending()), guests.all()]).toEqual([guest, [guest]]);
  });

  it.each<[string, Partial<Known>]>([
    ['in another channel', { channelArn: otherChannel }],
    ['in a sub-channel', { subChannelId: 's1' }],
    ['of another bearer', { chimeBearer: bob }],
    ['of another MessageId', { messageId: 'm2' }],
    ['that is an edit', { update: true }],
  ])('%s is another one', (_what, fields) => {
    const guests = new Guests();
    const guest = guests.add(pending());
    expect(guests.find(pending(fields))).toBeUndefined();
    expect(guests.add(pending(fields))).not.toBe(guest);
    expect(guests.all()).toHaveLength(2);
  });

  it('is let go, and may come again', () => {
    const guests = new Guests();
    const guest = guests.add(pending());
    if (guest !== undefined) guests.delete(guest);
    expect([guests.all(), guests.find(pending())]).toEqual([[], undefined]);
    expect(guests.add(pending())).not.toBe(guest);
  });

  it('is not to be mistaken for our own delivery of the same message', () => {
    const guests = new Guests();
    const guest = guests.add(pending());
    expect([guest !== undefined && guests.has(guest), guests.has(entryOf())]).toEqual([true, false]);
  });
});
