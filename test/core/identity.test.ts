import { describe, expect, it } from '@jest/globals';
import { addressKey, identityKey, isSameAddress, type MessageAddress } from '../../src/core/identity.ts';
import { alice, bob, channel, otherChannel } from '../support/delivery-record.ts';

const address: MessageAddress = { channelArn: channel, chimeBearer: alice, subChannelId: undefined };
const others: [string, Partial<MessageAddress>][] = [
  ['another channel', { channelArn: otherChannel }],
  ['another bearer', { chimeBearer: bob }],
  ['a sub-channel', { subChannelId: 's1' }],
];

describe('an address', () => {
  it.each(others)('with %s is another one', (_what, more) => {
    expect(isSameAddress(address, { ...address, ...more })).toBe(false);
    expect(addressKey(address)).not.toBe(addressKey({ ...address, ...more }));
  });

  it('is the same whatever else is known about the message', () => {
    const known = { ...address, messageId: 'm1', isEdit: true };
    expect([isSameAddress(address, known), addressKey(address) === addressKey(known)]).toEqual([true, true]);
  });
});

describe('an identity', () => {
  it.each([
    ...others,
    ['another MessageId', { messageId: 'm2' }],
    ['no MessageId', { messageId: undefined }],
    ['another operation', { isEdit: true }],
  ])('with %s is another one', (_what, more) => {
    const identity = { ...address, messageId: 'm1', isEdit: false };
    expect(identityKey(identity)).not.toBe(identityKey({ ...identity, ...more }));
    expect(identityKey(identity)).toBe(identityKey({ ...identity }));
  });
});
