import { describe, expect, it } from '@jest/globals';
import type { Evidence, StatusReported } from '../../src/core/evidence.ts';
import type { NewDelivery } from '../../src/core/delivery-record.ts';
import { DeliveryRegistry } from '../../src/core/delivery-registry.ts';
import type { MessageReference } from '../../src/core/identity.ts';
import type { OutcomeEvidence, ServiceStatus } from '../../src/core/status.ts';
import { alice, bob, channel, otherChannel, rules, sentAt as at } from '../support/delivery-record.ts';

function newLedger(keepSettled = 100): DeliveryRegistry {
  const registry = new DeliveryRegistry(rules, keepSettled);
  registry.watchSender(alice);
  return registry;
}
function sent(id: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return { id, channelArn: channel, chimeBearer: alice, missingMeansDenied: true, at, ...more };
}
function tracked(id: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return sent(id, { messageId: id, ...more });
}
function heard(status: ServiceStatus, source: OutcomeEvidence = 'websocket'): StatusReported {
  return { kind: 'status', source, status, at };
}
function about(messageId: string, more: Partial<MessageReference> = {}): MessageReference {
  return { messageId, channelArn: channel, sender: alice, isEdit: false, ...more };
}
const accepted: Evidence = { kind: 'accepted', messageId: 'm1', at };

describe('a delivery', () => {
  it('is found by our id, and by the id of Chime once that is known', () => {
    const registry = newLedger();
    const { delivery } = registry.add(sent('token'));
    expect([registry.find('token'), registry.find('m1')]).toEqual([delivery, undefined]);
    registry.apply({ delivery, evidence: accepted });
    expect([registry.find('token'), registry.find('m1')]).toEqual([delivery, delivery]);
    expect([...registry.deliveries()]).toEqual([delivery]);
  });

  it('is announced with its old and new state, and not at all if nothing changed', () => {
    const registry = newLedger();
    const begin = registry.add(sent('token'));
    expect([begin.before, begin.after.status]).toEqual([undefined, 'SENDING']);
    const transition = registry.apply({ delivery: begin.delivery, evidence: accepted });
    expect([transition?.before?.status, transition?.after.status]).toEqual(['SENDING', 'PENDING']);
    expect(registry.apply({ delivery: begin.delivery, evidence: accepted })).toBeUndefined();
  });

  it('starts with what the app knows about it', () => {
    const registry = newLedger();
    expect(registry.add(tracked('m1'), heard('SENT', 'send-response')).after).toMatchObject({
      status: 'SENT',
      evidence: 'send-response',
    });
    expect(registry.pendingCount).toBe(0);
  });

  it('is open until it is settled', () => {
    const registry = newLedger();
    const { delivery } = registry.add(tracked('m1'));
    registry.add(tracked('m2'));
    expect([[...registry.pending()].length, registry.pendingCount]).toEqual([2, 2]);
    registry.apply({ delivery, evidence: heard('SENT') });
    expect([[...registry.pending()].map(({ record }) => record.id), registry.pendingCount]).toEqual([['m2'], 1]);
  });

  it('that is removed is nowhere, and later reports on it change nothing', () => {
    const registry = newLedger();
    const { delivery } = registry.add(sent('token'));
    registry.apply({ delivery, evidence: accepted });
    registry.remove(delivery);
    registry.remove(delivery);
    expect([registry.find('token'), registry.find('m1'), registry.pendingCount]).toEqual([undefined, undefined, 0]);
    expect(registry.apply({ delivery, evidence: heard('SENT') })).toBeUndefined();
    expect(delivery.record.status).toBe('PENDING');
  });

  it('keeps its own record when a repeated send is answered with the id of another', () => {
    const registry = newLedger();
    const first = registry.add(tracked('m1')).delivery;
    const second = registry.add(sent('token')).delivery;
    registry.apply({ delivery: second, evidence: accepted });
    expect([registry.find('m1'), registry.find('token')]).toEqual([first, second]);
    registry.remove(second);
    expect(registry.find('m1')).toBe(first);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be called %s', (id) => {
    const registry = newLedger();
    expect(registry.find(id)).toBeUndefined();
    const { delivery } = registry.add(tracked(id));
    expect(registry.apply({ message: about(id), evidence: heard('SENT') })?.delivery).toBe(delivery);
  });
});

describe('settled deliveries', () => {
  it('are kept up to a number, the oldest are dropped first, and pending ones stay', () => {
    const registry = newLedger(2);
    for (const id of ['m1', 'm2', 'm3', 'm4']) registry.add(tracked(id));
    for (const id of ['m3', 'm1', 'm2']) registry.apply({ message: about(id), evidence: heard('SENT') });
    expect([...registry.deliveries()].map(({ record }) => record.id)).toEqual(['m1', 'm2', 'm4']);
    expect(registry.pendingCount).toBe(1);
  });

  it('can all be dropped at once, and are announced all the same', () => {
    const registry = newLedger(0);
    registry.add(tracked('m1'));
    expect(registry.apply({ message: about('m1'), evidence: heard('SENT') })?.after.status).toBe('SENT');
    expect([registry.find('m1'), registry.pendingCount]).toEqual([undefined, 0]);
  });
});

describe('an event about a message', () => {
  it.each<[string, Partial<MessageReference>, boolean]>([
    ['of ours', {}, true],
    ['without a sender', { sender: undefined }, true],
    ['in a prefetch, which does not distinguish edits from new messages', { isEdit: undefined }, true],
    ['of another user', { sender: bob }, false],
    ['in another channel', { channelArn: otherChannel }, false],
    ['when it was edited', { isEdit: true }, false],
  ])('%s counts: %p', (_name, more, counts) => {
    const registry = newLedger();
    registry.add(tracked('m1'));
    expect(registry.apply({ message: about('m1', more), evidence: heard('DENIED') }) !== undefined).toBe(counts);
  });

  it('about an edit counts for the edit alone', () => {
    const registry = newLedger();
    registry.add(tracked('m1', { isEdit: true, missingMeansDenied: false }));
    expect(registry.apply({ message: about('m1'), evidence: heard('SENT') })).toBeUndefined();
    const edit = registry.apply({ message: about('m1', { isEdit: true }), evidence: heard('DENIED') });
    expect(edit?.after.status).toBe('DENIED');
  });
});

describe('an event that comes before its message is known', () => {
  it('applies after the response to the send', () => {
    const registry = newLedger();
    const { delivery } = registry.add(sent('token'));
    expect(registry.apply({ message: about('m1'), evidence: heard('DENIED') })).toBeUndefined();
    const transition = registry.apply({ delivery, evidence: { ...accepted, at: at + 5_000 } });
    expect(transition?.after).toMatchObject({ status: 'DENIED', evidence: 'websocket', settledAt: at + 5_000 });
  });

  it('applies when tracking begins', () => {
    const registry = newLedger();
    registry.apply({ message: about('m1'), evidence: heard('SENT') });
    expect(registry.add(tracked('m1')).after).toMatchObject({ status: 'SENT', evidence: 'websocket' });
  });

  it('does not overrule the response to the send', () => {
    const registry = newLedger();
    registry.apply({ message: about('m1'), evidence: heard('FAILED') });
    expect(registry.add(tracked('m1'), heard('SENT', 'send-response')).after.status).toBe('SENT');
  });

  it.each<[string, Partial<MessageReference>]>([
    ['of another user', { sender: bob }],
    ['of no known user', { sender: undefined }],
    ['in another channel', { channelArn: otherChannel }],
    ['of its edit', { isEdit: true }],
  ])('does not apply, %s', (_name, more) => {
    const registry = newLedger();
    registry.apply({ message: about('m1', more), evidence: heard('SENT') });
    expect(registry.add(tracked('m1')).after.status).toBe('PENDING');
  });

  it('of another bearer applies from when that bearer is expected', () => {
    const registry = newLedger();
    registry.watchSender(bob);
    registry.apply({ message: about('m1', { sender: bob }), evidence: heard('SENT') });
    expect(registry.add(tracked('m1', { chimeBearer: bob })).after.status).toBe('SENT');
  });

  it('about an edit is not lost because the message itself had an event just before', () => {
    const registry = newLedger();
    registry.apply({ message: about('m1'), evidence: heard('SENT') });
    registry.apply({ message: about('m1', { isEdit: true }), evidence: heard('DENIED') });
    expect(registry.add(tracked('m1', { isEdit: true, missingMeansDenied: false })).after.status).toBe('DENIED');
  });
});

describe('deliveries that share a name', () => {
  const update = { isEdit: true, missingMeansDenied: false };

  it('have their own ids: the first has the requested one', () => {
    const registry = newLedger();
    const first = registry.add(sent('token', { token: 'token' })).delivery;
    const second = registry.add(sent('token', { token: 'token', channelArn: otherChannel })).delivery;
    expect(first.record.id).toBe('token');
    expect(second.record.id).not.toBe('token');
    expect(registry.add(tracked('m1', { id: undefined })).delivery.record.id).not.toBe('m1');
    expect([registry.find('token'), registry.find(second.record.id)]).toEqual([first, second]);
  });

  it('are distinguished by the other fields', () => {
    const registry = newLedger();
    const create = registry.add(tracked('m1')).delivery;
    const elsewhere = registry.add(tracked('m1', { channelArn: otherChannel })).delivery;
    const ofBob = registry.add(tracked('m1', { chimeBearer: bob })).delivery;
    const edits = [1, 2].map(() => registry.add(tracked('m1', { id: undefined, ...update })).delivery);
    expect(registry.find('m1')).toBe(create);
    expect(registry.find('m1', { operation: 'create' })).toBe(create);
    expect(registry.find('m1', { operation: 'update' })).toBe(edits[1]);
    expect(registry.find('m1', { channelArn: otherChannel })).toBe(elsewhere);
    expect(registry.find('m1', { chimeBearer: bob })).toBe(ofBob);
    expect(registry.find('m1', { channelArn: otherChannel, operation: 'update' })).toBeUndefined();
    expect(registry.editsOf({ ...create.record, messageId: 'm1' })).toEqual(edits);
    expect(registry.editsOf({ ...ofBob.record, messageId: 'm1' })).toEqual([]);
    registry.remove(create);
    expect([registry.has(create), registry.has(elsewhere)]).toEqual([false, true]);
    expect(registry.find('m1', { channelArn: channel, operation: 'create', chimeBearer: alice })).toBeUndefined();
  });
});

describe('an event about an edit', () => {
  const update = { isEdit: true, missingMeansDenied: false, id: undefined };
  const edit = (more: Partial<MessageReference> = {}): MessageReference => about('m1', { isEdit: true, ...more });
  const statuses = (...changes: { delivery: { record: { status: string } } }[]): string[] =>
    changes.map(({ delivery }) => delivery.record.status);

  it('applies to the oldest open edit', () => {
    const registry = newLedger();
    const [one, two] = [registry.add(tracked('m1', update)), registry.add(tracked('m1', update))];
    registry.apply({ message: edit(), evidence: heard('DENIED') });
    expect(statuses(one, two)).toEqual(['DENIED', 'PENDING']);
    registry.apply({ message: edit(), evidence: heard('SENT') });
    expect(statuses(one, two)).toEqual(['DENIED', 'SENT']);
  });

  it('applies to the edit with its content, if it has the content', () => {
    const registry = newLedger();
    const [a, b] = [1, 2].map((contentDigest) => registry.add(tracked('m1', { ...update, contentDigest })));
    registry.apply({ message: edit({ contentDigest: 2 }), evidence: heard('DENIED') });
    expect(statuses(a!, b!)).toEqual(['PENDING', 'DENIED']);
    expect(registry.apply({ message: edit({ contentDigest: 3 }), evidence: heard('DENIED') })).toBeUndefined();
    expect(statuses(a!, b!)).toEqual(['PENDING', 'DENIED']);
  });

  it('counts once, whichever source repeats it', () => {
    const registry = newLedger();
    const [one, two] = [registry.add(tracked('m1', update)), registry.add(tracked('m1', update))];
    for (let i = 0; i < 3; i += 1) {
      registry.apply({ message: edit({ eventDigest: 1 }), evidence: { ...heard('DENIED'), at: at + i * 2_000 } });
    }
    expect(statuses(one, two)).toEqual(['DENIED', 'PENDING']);
  });
});

describe('a read that returns FAILED', () => {
  it('for a message with edits may mean one of them: the message exists', () => {
    const registry = newLedger();
    const { delivery } = registry.add(tracked('m1'));
    registry.add(tracked('m1', { isEdit: true, missingMeansDenied: false, id: undefined }));
    registry.apply({ delivery, evidence: heard('FAILED', 'status') });
    expect(delivery.record).toMatchObject({ status: 'PENDING', seen: true });
    registry.apply({ delivery, evidence: heard('SENT', 'status') });
    expect(delivery.record.status).toBe('SENT');
  });
});

describe('the wait for a message that was never seen', () => {
  it('is learnt from twenty messages that were readable at their first read', () => {
    const registry = newLedger();
    for (let i = 0; i < 20; i += 1) {
      const { delivery } = registry.add(sent(`t${i}`, { token: `t${i}` }));
      registry.apply({ delivery, evidence: { ...accepted, messageId: `m${i}` } as Evidence });
      expect(registry.rules.unseenMs).toBe(10_000);
      registry.apply({ delivery, evidence: { ...heard('PENDING', 'status'), at: at + 500 } });
    }
    expect(registry.rules.unseenMs).toBe(2_000);
    const { delivery } = registry.add(sent('t20', { token: 't20' }));
    expect(registry.believableAt(delivery)).toBe(at + 2_000);
  });

  it('is not learnt from messages of `track`, nor from the responses to sends', () => {
    const registry = newLedger();
    for (let i = 0; i < 25; i += 1) {
      const { delivery } = registry.add(tracked(`m${i}`));
      registry.apply({ delivery, evidence: { ...heard('PENDING', 'status'), at: at + 500 } });
      const other = registry.add(sent(`t${i}`, { token: `t${i}` })).delivery;
      registry.apply({ delivery: other, evidence: { ...accepted, messageId: `n${i}`, status: 'SENT' } as Evidence });
    }
    expect(registry.rules.unseenMs).toBe(10_000);
  });
});
