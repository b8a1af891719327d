import { describe, expect, it } from '@jest/globals';
import { EarlyOutcomes } from '../../src/core/early-outcomes.ts';
import type { Said } from '../../src/core/evidence.ts';
import type { MessageKey } from '../../src/core/ledger.ts';
import type { ServiceStatus } from '../../src/core/message.ts';
import { alice, channel } from '../support/known.ts';

function about(messageId: string): MessageKey {
  return { messageId, channelArn: channel, sender: alice, update: false };
}
function said(status: ServiceStatus, at = 0): Said {
  return { kind: 'said', source: 'websocket', status, at };
}

describe('an outcome that comes before its message is known', () => {
  it('is remembered, and given once', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('DENIED'));
    expect(early.take('m1', 1)).toEqual({ message: about('m1'), evidence: said('DENIED') });
    expect(early.take('m1', 1)).toBeUndefined();
    expect(early.take('m2', 1)).toBeUndefined();
  });

  it('is the first that came: what comes twice or later changes nothing', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('FAILED'));
    early.remember(about('m1'), said('SENT', 5));
    expect(early.take('m1', 10)?.evidence).toEqual(said('FAILED'));
  });

  it('is not PENDING, which is none', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('PENDING'));
    early.remember(about('m1'), said('SENT'));
    expect(early.take('m1', 1)?.evidence.status).toBe('SENT');
  });

  it.each([
    [60_000, true],
    [60_001, false],
  ])('is good for a minute: %i ms later, %p', (later, good) => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('SENT', 1_000));
    expect(early.take('m1', 1_000 + later) !== undefined).toBe(good);
  });

  it('is the first that came, to the last moment of that minute', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('FAILED', 1_000));
    early.remember(about('m1'), said('SENT', 61_000));
    expect(early.take('m1', 61_000)?.evidence.status).toBe('FAILED');
  });

  it('of a message and of an edit of it are two', () => {
    const early = new EarlyOutcomes();
    const edit = { ...about('m1'), update: true };
    early.remember(edit, said('DENIED'));
    early.remember(about('m1'), said('SENT'));
    early.remember({ ...about('m2'), update: true }, said('FAILED'));
    // A prefetch does not say which it is: it speaks of the message.
    early.remember({ ...about('m3'), update: undefined }, said('SENT'));
    const taken = [early.take('m1', 1), early.take('m1', 1, true), early.take('m2', 1), early.take('m3', 1)];
    expect(taken.map((heard) => heard?.evidence.status)).toEqual(['SENT', 'DENIED', undefined, 'SENT']);
  });

  it('is heard anew after that, as a reconnect tells the same messages again', () => {
    const early = new EarlyOutcomes();
    early.remember(about('m1'), said('SENT', 1_000));
    early.remember(about('m1'), said('SENT', 61_001));
    expect(early.take('m1', 61_002)?.evidence.at).toBe(61_001);
  });

  it('is one of the thousand that came last', () => {
    const early = new EarlyOutcomes();
    for (let i = 0; i < 1_003; i += 1) early.remember(about(`m${i}`), said('SENT', i));
    const kept = Array.from({ length: 1_003 }, (_, i) => i).filter((i) => early.take(`m${i}`, 1_003) !== undefined);
    expect([kept.length, kept[0]]).toEqual([1_000, 3]);
  });

  it.each(['__proto__', 'constructor'])('may be about a message called %s', (messageId) => {
    const early = new EarlyOutcomes();
    expect(early.take(messageId, 0)).toBeUndefined();
    early.remember(about(messageId), said('SENT'));
    expect(early.take(messageId, 0)?.evidence.status).toBe('SENT');
  });
});
