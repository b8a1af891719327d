import { describe, expect, it } from '@jest/globals';

import { Admission } from '../../src/emulator/service/admission.ts';
import { bearer, channelArn, createModel } from '../support/model-kit.ts';

describe('the service model, in virtual time and without sockets', () => {
  it('decides at the exact moment of the flow', () => {
    const { world, service, events, send, status } = createModel({
      flow: () => ({ outcome: 'DENIED', afterMs: 172_800_000 }),
    });
    const id = send();
    world.advance(172_799_999);
    expect(status(id)).toEqual({ Value: 'PENDING' });
    world.advance(1);
    expect(status(id)).toBe('missing');
    expect(service.truth(id)).toBe('DENIED');
    expect(service.messages[0]).toMatchObject({ createdAt: 1_000_000, decidedAt: 1_000_000 + 172_800_000 });
    expect(events.map(({ type }) => type)).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', 'DENIED_CREATE_CHANNEL_MESSAGE']);
    expect(events.map((event) => [event.isFor(bearer), event.isFor(`${bearer}-2`)])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it('shows nothing to reads before the lag is over', () => {
    const { world, send, status } = createModel({ readLagMs: 1500 });
    const id = send();
    world.advance(1499);
    expect(status(id)).toBe('missing');
    world.advance(1);
    expect(status(id)).toEqual({ Value: 'SENT' });
  });

  it('remembers a token until its time is over', () => {
    const { world, send } = createModel({ tokenMemoryMs: 600_000 });
    const first = send();
    world.advance(599_999);
    expect(send()).toBe(first);
    world.advance(1);
    expect(send()).not.toBe(first);
  });

  it('keeps the budget in virtual time', () => {
    const { world, settings } = createModel({ requestsPerSecond: 2 });
    const admission = new Admission(world, settings);
    const caller = { operation: 'GetChannelMessageStatus', bearer, channelArn } as const;
    const admitted = (): boolean => {
      try {
        admission.charge(caller);
        return true;
      } catch {
        return false;
      }
    };
    expect([admitted(), admitted(), admitted()]).toEqual([true, true, false]);
    world.advance(500);
    expect([admitted(), admitted()]).toEqual([true, false]);
  });

  it('announces nothing more about a message that was deleted during its flow', () => {
    const { world, service, events, send } = createModel({ flow: () => ({ outcome: 'SENT', afterMs: 10 }) });
    const messageId = send();
    service.writes.delete({ bearer, channelArn, subChannelId: undefined, messageId });
    world.advance(10);
    expect(events.map(({ type }) => type)).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', 'DELETE_CHANNEL_MESSAGE']);
    expect(service.truth(messageId)).toBe('SENT');
  });
});
