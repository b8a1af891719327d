// What `chime-delivery fleet explain` prints.
import { describe, expect, it } from '@jest/globals';

import { explanationOf } from '../../src/cli/explanation-text.ts';
import type { FleetRecord } from '../../src/fleet/record.ts';

const shard = { shard: 7, holder: 'one', unownedMs: 0, pending: 1, inbox: 0, oldest: undefined };
const record: FleetRecord = {
  stage: 'accepted',
  chimeBearer: 'arn:user/alice',
  channelArn: 'arn:channel/c',
  isEdit: false,
  messageId: 'm1',
  missingMeansDenied: true,
  trackedAt: 10_000,
  sentAt: 10_000,
  details: {},
};

describe('the explanation of a delivery', () => {
  it('says where it is, and how far it is by its record', () => {
    expect(explanationOf('a', { record }, shard, 12_500)).toBe(
      [
        'a: no outcome yet, 2.5 s after it was handed over',
        '  shard 7, held by one',
        '  message m1',
        '  in arn:channel/c',
        '  of arn:user/alice',
        '  The service has the message, and the channel flow has not decided, as far as its worker knows.',
      ].join('\n'),
    );
  });

  it('has the reason of its worker, where that has told it', () => {
    const oldest = { id: 'a', trackedAt: 10_000, why: 'It is polled in 2 s.' };
    expect(explanationOf('a', { record }, { ...shard, oldest }, 30_000)).toContain('  It is polled in 2 s.');
    expect(explanationOf('b', { record }, { ...shard, oldest }, 30_000)).not.toContain('polled');
  });

  it('says that no worker has its shard, and for how long', () => {
    const free = { ...shard, holder: undefined, unownedMs: 4_200 };
    const unsent: FleetRecord = { ...record, stage: 'unsent', messageId: undefined, isEdit: true };
    const text = explanationOf('a', { record: unsent }, free, 12_500);
    expect(text).toContain('shard 7, held by no worker, for 4.2 s\n  an edit of a message without a MessageId yet');
    expect(text).toContain('No request for it has left');
  });

  it('says that another version has written its record', () => {
    expect(explanationOf('a', { record: 'of another version' }, shard, 0)).toContain('Another version');
  });

  it('has the outcome, while that is kept', () => {
    const sent = { id: 'a', status: 'SENT', evidence: 'list', trackedAt: 1_000, settledAt: 4_000 } as never;
    expect(explanationOf('a', { outcome: sent }, shard, 9_000)).toBe('a: SENT (list), 3.0 s after it was handed over');
    const unknown = { id: 'a', status: 'UNKNOWN', reason: 'deadline', trackedAt: 1_000, settledAt: 4_000 } as never;
    expect(explanationOf('a', { outcome: unknown }, shard, 9_000)).toContain('a: UNKNOWN (deadline)');
  });
});
