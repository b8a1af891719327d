import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackedDelivery } from '../../src/core/delivery.ts';
import type { DeliveryRecord } from '../../src/core/delivery-record.ts';
import { HostedPolls } from '../../src/poll/hosted-polls.ts';
import { bob, trackedDelivery, otherChannel, pending } from '../support/delivery-record.ts';

let story: string[];
let waiting: TrackedDelivery[];
let hosted: HostedPolls;
beforeEach(() => {
  [story, waiting] = [[], []];
  hosted = new HostedPolls({
    dispatcher: {
      enqueue: (delivery, priority) => {
        story.push(`enqueue ${delivery.record.messageId} as ${priority}`);
        waiting.push(delivery);
      },
      remove: ({ record }) => void story.push(`remove ${record.messageId}`),
    },
    executor: () => ({ drop: ({ record }) => void story.push(`drop ${record.messageId}`) }),
  });
});

/** The delivery that was enqueued last. */
const last = (): TrackedDelivery => waiting.at(-1)!;

describe('a poll for another tracker', () => {
  it('is made once for each message', () => {
    hosted.poll(pending(), 'poll');
    hosted.poll(pending({ id: 'of a third tracker' }), 'poll');
    expect(story).toEqual(['enqueue m1 as poll']);
    expect([hosted.find(pending()), hosted.has(last())]).toEqual([last(), true]);
  });

  it.each<[string, Partial<DeliveryRecord>]>([
    ['in another channel', { channelArn: otherChannel }],
    ['in a sub-channel', { subChannelId: 's1' }],
    ['of another bearer', { chimeBearer: bob }],
    ['of another MessageId', { messageId: 'm2' }],
    ['that is an edit', { isEdit: true }],
  ])('is not that of a delivery %s', (_what, fields) => {
    hosted.poll(pending(), 'poll');
    expect(hosted.find(pending(fields))).toBeUndefined();
    hosted.poll(pending(fields), 'poll');
    expect(new Set(waiting).size).toBe(2);
  });

  it('is not mistaken for our own poll of the same message', () => {
    hosted.poll(pending(), 'poll');
    expect(hosted.has(trackedDelivery())).toBe(false);
  });

  it('ends with its result, and can be made again', () => {
    hosted.poll(pending(), 'poll');
    hosted.onResult(last(), 'poll', { kind: 'suspended' });
    expect(hosted.find(pending())).toBeUndefined();
    hosted.poll(pending(), 'reconcile');
    expect(story).toEqual(['enqueue m1 as poll', 'enqueue m1 as reconcile']);
  });

  it('waits again if a page did not show its message', () => {
    hosted.poll(pending(), 'poll');
    hosted.onResult(last(), 'poll', { kind: 'not-in-page' });
    expect([story, hosted.has(last())]).toEqual([['enqueue m1 as poll', 'enqueue m1 as poll'], true]);
  });

  it('can be stopped, alone or with all others', () => {
    for (const messageId of ['m1', 'm2', 'm3']) hosted.poll(pending({ messageId }), 'poll');
    story = [];
    hosted.stop(pending({ messageId: 'm2' }));
    expect(story).toEqual(['remove m2', 'drop m2']);
    hosted.stop(pending({ messageId: 'm4' }));
    hosted.stop();
    expect(story.slice(2)).toEqual(['remove m1', 'drop m1', 'remove m3', 'drop m3']);
    expect(hosted.find(pending())).toBeUndefined();
  });
});
