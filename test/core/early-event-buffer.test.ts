import { describe, expect, it } from '@jest/globals';
import { EarlyEventBuffer, type BufferedEvent } from '../../src/core/early-event-buffer.ts';
import type { Removed, StatusReported } from '../../src/core/evidence.ts';
import type { MessageReference } from '../../src/core/identity.ts';
import type { ServiceStatus } from '../../src/core/status.ts';
import { alice, bob, channel, otherChannel } from '../support/delivery-record.ts';

function about(messageId: string): MessageReference {
  return { messageId, channelArn: channel, sender: alice, isEdit: false };
}
function said(status: ServiceStatus, at = 0): StatusReported {
  return { kind: 'status', source: 'websocket', status, at };
}

type Taken = Partial<StatusReported> & Pick<StatusReported | Removed, 'kind' | 'at'>;

/** Takes the first outcome that came for a message. */
function take(
  early: EarlyEventBuffer,
  messageId: string,
  now: number,
  fits: (events: BufferedEvent) => boolean = () => true,
): Taken | undefined {
  return early.take({ channelArn: channel, messageId }, now, fits)?.evidence as Taken | undefined;
}

describe('an outcome that comes before its message is known', () => {
  it('is kept, and returned once', () => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), said('DENIED'));
    expect(early.take(about('m1'), 1, () => true)).toEqual({ message: about('m1'), evidence: said('DENIED') });
    expect(take(early, 'm1', 1)).toBeUndefined();
    expect(take(early, 'm2', 1)).toBeUndefined();
  });

  it('is the first that came: copies and later ones change nothing', () => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), said('FAILED'));
    early.add(about('m1'), said('SENT', 5));
    expect(take(early, 'm1', 10)).toEqual(said('FAILED'));
  });

  it('is never PENDING, which is no outcome', () => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), said('PENDING'));
    early.add(about('m1'), said('SENT'));
    expect(take(early, 'm1', 1)?.status).toBe('SENT');
  });

  it.each([
    [60_000, true],
    [60_001, false],
  ])('is kept for a minute: %i ms later, %p', (later, good) => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), said('SENT', 1_000));
    expect(take(early, 'm1', 1_000 + later) !== undefined).toBe(good);
  });

  it('is the first that came, to the last moment of that minute', () => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), said('FAILED', 1_000));
    early.add(about('m1'), said('SENT', 61_000));
    expect(take(early, 'm1', 61_000)?.status).toBe('FAILED');
  });

  it('of a message is kept apart from that of its edit', () => {
    const early = new EarlyEventBuffer();
    const edit = { ...about('m1'), isEdit: true };
    early.add(edit, said('DENIED'));
    early.add(about('m1'), said('SENT'));
    early.add({ ...about('m2'), isEdit: true }, said('FAILED'));
    // A prefetch row does not say whether it is about an edit: it applies to the message.
    early.add({ ...about('m3'), isEdit: undefined }, said('SENT'));
    const isEdit = ({ message }: BufferedEvent): boolean => message.isEdit === true;
    const isCreate = (events: BufferedEvent): boolean => !isEdit(events);
    const taken = [
      take(early, 'm1', 1, isCreate),
      take(early, 'm1', 1, isEdit),
      take(early, 'm2', 1, isCreate),
      take(early, 'm3', 1, isCreate),
    ];
    expect(taken.map((heard) => heard?.status)).toEqual(['SENT', 'DENIED', undefined, 'SENT']);
  });

  it('of each of several edits of one message is kept, in order, up to eight', () => {
    const early = new EarlyEventBuffer();
    for (let i = 0; i < 9; i += 1) early.add({ ...about('m1'), isEdit: true }, said('DENIED', i));
    const taken = Array.from({ length: 9 }, () => take(early, 'm1', 10)?.at);
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, undefined]);
  });

  it('is kept apart for another channel, another sender and another sub-channel', () => {
    const early = new EarlyEventBuffer();
    early.add({ ...about('m1'), channelArn: otherChannel }, said('FAILED'));
    early.add({ ...about('m1'), sender: bob }, said('DENIED'));
    early.add({ ...about('m1'), subChannelId: 's1' }, said('SENT'));
    const from = (fits: (events: BufferedEvent) => boolean): unknown => take(early, 'm1', 1, fits)?.status;
    expect(from(({ message }) => message.sender === alice && message.subChannelId === undefined)).toBeUndefined();
    expect(from(({ message }) => message.sender === bob)).toBe('DENIED');
    expect(from(({ message }) => message.subChannelId === 's1')).toBe('SENT');
  });

  it('of a message and its removal are both kept', () => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), { kind: 'removed', at: 0 });
    early.add(about('m1'), said('SENT', 1));
    early.add(about('m1'), { kind: 'removed', at: 2 });
    expect([take(early, 'm1', 3)?.kind, take(early, 'm1', 3)?.kind, take(early, 'm1', 3)]).toEqual([
      'removed',
      'status',
      undefined,
    ]);
  });

  it('is accepted again after that, as a reconnect repeats the same messages', () => {
    const early = new EarlyEventBuffer();
    early.add(about('m1'), said('SENT', 1_000));
    early.add(about('m1'), said('SENT', 61_001));
    expect(take(early, 'm1', 61_002)?.at).toBe(61_001);
  });

  it('is one of the latest thousand', () => {
    const early = new EarlyEventBuffer();
    for (let i = 0; i < 1_003; i += 1) early.add(about(`m${i}`), said('SENT', i));
    const kept = Array.from({ length: 1_003 }, (_, i) => i).filter((i) => take(early, `m${i}`, 1_003) !== undefined);
    expect([kept.length, kept[0]]).toEqual([1_000, 3]);
  });

  it.each(['__proto__', 'constructor'])('may be about a message called %s', (messageId) => {
    const early = new EarlyEventBuffer();
    expect(take(early, messageId, 0)).toBeUndefined();
    early.add(about(messageId), said('SENT'));
    expect(take(early, messageId, 0)?.status).toBe('SENT');
  });
});
