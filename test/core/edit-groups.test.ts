import { describe, expect, it } from '@jest/globals';
import { EditGroups } from '../../src/core/edit-groups.ts';
import { TrackedDelivery } from '../../src/core/delivery.ts';
import { alice, bob, channel, editing, otherChannel } from '../support/delivery-record.ts';

const edit = (fields: Parameters<typeof editing>[0]): TrackedDelivery => new TrackedDelivery(editing(fields));
const message = { channelArn: channel, chimeBearer: alice, subChannelId: 'sub-1', messageId: 'm1' };

describe('the edits of one message', () => {
  it('include one whose sub-channel the app has not named, since a read of the message may show it', () => {
    const groups = new EditGroups();
    const [named, unnamed] = [edit(message), edit({ ...message, subChannelId: undefined })];
    groups.add(named);
    groups.add(unnamed);
    expect(groups.of(message)).toEqual([named, unnamed]);
  });

  it('include none of another message, channel or bearer', () => {
    const groups = new EditGroups();
    for (const other of [{ messageId: 'm2' }, { channelArn: otherChannel }, { chimeBearer: bob }])
      groups.add(edit({ ...message, ...other }));
    expect(groups.of(message)).toEqual([]);
  });
});
