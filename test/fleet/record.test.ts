// The records of a fleet: what is written is what is read, and it is short.
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { decodeRecord, encodeRecord, type FleetRecord } from '../../src/fleet/record.ts';
import { ALICE, CHANNEL } from '../support/scripted-service.ts';

const record: FleetRecord = {
  stage: 'accepted',
  chimeBearer: ALICE,
  channelArn: CHANNEL,
  isEdit: false,
  token: 'the-id',
  messageId: 'ab'.repeat(32),
  missingMeansDenied: true,
  trackedAt: 1_790_000_000_000,
  sentAt: 1_790_000_000_120,
  order: 0,
  details: {},
};

describe('a record', () => {
  it('takes at most 68 characters, and the ARNs, for a message without content', () => {
    expect(encodeRecord(record, 'the-id').text.length).toBeLessThanOrEqual(68);
  });

  it('takes less where its id is the MessageId', () => {
    const { text } = encodeRecord({ ...record, messageId: 'the-id' }, 'the-id');
    expect(text.length).toBeLessThanOrEqual(26);
  });

  it('is read as it was written', () => {
    const ids = fc.stringMatching(/^[-_a-zA-Z0-9]{1,128}$/);
    fc.assert(
      fc.property(
        fc.record({
          stage: fc.constantFrom('unsent', 'sending', 'calling', 'accepted'),
          isEdit: fc.boolean(),
          missingMeansDenied: fc.boolean(),
          token: fc.option(ids, { nil: undefined }),
          messageId: fc.option(fc.oneof(ids, fc.stringMatching(/^[0-9a-f]{64}$/), fc.constantFrom('the-id', '.')), {
            nil: undefined,
          }),
          subChannelId: fc.option(ids, { nil: undefined }),
          trackedAt: fc.integer({ min: 0, max: 4e12 }),
          order: fc.nat(),
          contentDigest: fc.option(fc.maxSafeNat(), { nil: undefined }),
          context: fc.jsonValue().map((value) => (value === null ? undefined : value)),
        }),
        ({ context, ...fields }) => {
          const given: FleetRecord = {
            ...record,
            ...fields,
            sentAt: fields.trackedAt + 5,
            details: { context, input: { ChannelArn: CHANNEL, Content: 'a,"b",{c}' } as never },
          };
          const stored = encodeRecord(given, 'the-id');
          expect(JSON.parse(JSON.stringify(decodeRecord(stored, 'the-id')))).toEqual(JSON.parse(JSON.stringify(given)));
          expect(stored.names).toEqual([ALICE, CHANNEL]);
        },
      ),
    );
  });

  it('of another version, or in part, is not read', () => {
    const { names, text } = encodeRecord(record, 'the-id');
    expect(decodeRecord({ names, text: `2${text.slice(1)}` }, 'the-id')).toBeUndefined();
    expect(decodeRecord({ names, text: '' }, 'the-id')).toBeUndefined();
    expect(decodeRecord({ names: [ALICE], text }, 'the-id')).toBeUndefined();
    expect(decodeRecord({ names: [ALICE, ''], text }, 'the-id')).toBeUndefined();
  });
});
