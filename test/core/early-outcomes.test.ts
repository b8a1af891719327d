import { describe, expect, it } from '@jest/globals';
import { EarlyOutcomes, type Heard } from '../../src/core/early-outcomes.ts';
import type { Removed, Said } from '../../src/core/evidence.ts';
import type { MessageKey } from '../../src/core/ledger.ts';
import type { ServiceStatus } from '../../src/core/message.ts';
import { alice, bob, channel, otherChannel } from '../support/known.ts';

function about(messageId: string): MessageKey {
  return { messageId, channelArn: channel, sender: alice, update: false };
}
function said(status: ServiceStatus, at = 0): Said {
  return { kind: 'said', source: 'websocket', status, at };
}

type Taken = Partial<Said> & Pick<Said | Removed, 'kind' | 'at'>;

/** Takes what was heard of a message first. */
function take(
  early: EarlyOutcomes,
  messageId: string,
  now: number,
  fits: (heard: Heard) => boolean = () => true,
): Taken | undefined {
  return early.take({ channelArn: channel, messageId }, now, fits)?.evidence as Taken | undefined;
}

describe('an outcome that comes before its message is known', () => {
  it('is remembered, and given once', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('DENIED'));
    expect(early.take(about('m1'), 1, () => true)).toEqual({ message: about('m1'), evidence: said('DENIED') });
    expect(take(early, 'm1', 1)).toBeUndefined();
    expect(take(early, 'm2', 1)).toBeUndefined();
  });

  it('is the first that came: what comes twice or later changes nothing', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('FAILED'));
    early.remember(about('m1'), said('SENT', 5));
    expect(take(early, 'm1', 10)).toEqual(said('FAILED'));
  });

  it('is not PENDING, which is none', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('PENDING'));
    early.remember(about('m1'), said('SENT'));
    expect(take(early, 'm1', 1)?.status).toBe('SENT');
  });

  it.each([
    [60_000, true],
    [60_001, false],
  ])('is good for a minute: %i ms later, %p', (later, good) => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('SENT', 1_000));
    expect(take(early, 'm1', 1_000 + later) !== undefined).toBe(good);
  });

  it('is the first that came, to the last moment of that minute', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('FAILED', 1_000));
    early.remember(about('m1'), said('SENT', 61_000));
    expect(take(early, 'm1', 61_000)?.status).toBe('FAILED');
  });

  it('of a message and of an edit of it are two', () => {
    const early = new EarlyOutcomes();
    const edit = { ...about('m1'), update: true };
    early.remember(edit, said('DENIED'));
    early.remember(about('m1'), said('SENT'));
    early.remember({ ...about('m2'), update: true }, said('FAILED'));
    // A prefetch does not say which it is: it speaks of the message.
    early.remember({ ...about('m3'), update: undefined }, said('SENT'));
    const isEdit = ({ message }: Heard): boolean => message.update === true;
    const isCreate = (heard: Heard): boolean => !isEdit(heard);
    const taken = [
      take(early, 'm1', 1, isCreate),
      take(early, 'm1', 1, isEdit),
      take(early, 'm2', 1, isCreate),
      take(early, 'm3', 1, isCreate),
    ];
    expect(taken.map((heard) => heard?.status)).toEqual(['SENT', 'DENIED', undefined, 'SENT']);
  });

  it('of several edits of one message are several, in their order, up to eight', () => {
    const early = new EarlyOutcomes();
    for (let i = 0; i < 9; i += 1) early.remember({ ...about('m1'), update: true }, said('DENIED', i));
    const taken = Array.from({ length: 9 }, () => take(early, 'm1', 10)?.at);
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, undefined]);
  });

  it('is another one in another channel, for another sender and in another sub-channel', () => {
    const early = new EarlyOutcomes();
    early.remember({ ...about('m1'), channelArn: otherChannel }, said('FAILED'));
    early.remember({ ...about('m1'), sender: bob }, said('DENIED'));
    early.remember({ ...about('m1'), subChannelId: 's1' }, said('SENT'));
    const from = (fits: (heard: Heard) => boolean): unknown => take(early, 'm1', 1, fits)?.status;
    expect(from(({ message }) => message.sender === alice && message.subChannelId === undefined)).toBeUndefined();
    expect(from(({ message }) => message.sender === bob)).toBe('DENIED');
    expect(from(({ message }) => message.subChannelId === 's1')).toBe('SENT');
  });

  it('of a message and its removal are both kept', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), { kind: 'removed', at: 0 });
    early.remember(about('m1'), said('SENT', 1));
    early.remember(about('m1'), { kind: 'removed', at: 2 });
    expect([take(early, 'm1', 3)?.kind, take(early, 'm1', 3)?.kind, take(early, 'm1', 3)]).toEqual([
      'removed',
      'said',
      undefined,
    ]);
  });

  it('is heard anew after that, as a reconnect tells the same messages again', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('SENT', 1_000));
    early.remember(about('m1'), said('SENT', 61_001));
    expect(take(early, 'm1', 61_002)?.at).toBe(61_001);
  });

  it('is one of the thousand that came last', () => {
    const early = new EarlyOutcomes();
    for (let i = 0; i < 1_003; i += 1) early.remember(about(`m${i}`), said('SENT', i));
    const kept = Array.from({ length: 1_003 }, (_, i) => i).filter((i) => take(early, `m${i}`, 1_003) !== undefined);
    expect([kept.length, kept[0]]).toEqual([1_000, 3]);
  });

  it.each(['__proto__', 'constructor'])('may be about a message called %s', (messageId) => {
    const early = new EarlyOutcomes();
    expect(take(early, messageId, 0)).toBeUndefined();
    early.remember(about(messageId), said('SENT'));
    expect(take(early, messageId, 0)?.status).toBe('SENT');
  });
});
