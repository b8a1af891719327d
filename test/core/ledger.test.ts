import { describe, expect, it } from '@jest/globals';
import type { Evidence, Said } from '../../src/core/evidence.ts';
import type { NewDelivery } from '../../src/core/known.ts';
import { Ledger, type MessageKey } from '../../src/core/ledger.ts';
import type { OutcomeEvidence, ServiceStatus } from '../../src/core/message.ts';
import { alice, bob, channel, otherChannel, rules, sentAt as at } from '../support/known.ts';

function newLedger(keepSettled = 100): Ledger {
  const ledger = new Ledger(rules, keepSettled);
  ledger.expect(alice);
  return ledger;
}
function sent(id: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return { id, channelArn: channel, chimeBearer: alice, provable: true, at, ...more };
}
function tracked(id: string, more: Partial<NewDelivery> = {}): NewDelivery {
  return sent(id, { messageId: id, ...more });
}
function heard(status: ServiceStatus, source: OutcomeEvidence = 'websocket'): Said {
  return { kind: 'said', source, status, at };
}
function about(messageId: string, more: Partial<MessageKey> = {}): MessageKey {
  return { messageId, channelArn: channel, sender: alice, update: false, ...more };
}
const accepted: Evidence = { kind: 'accepted', messageId: 'm1', at };

describe('a delivery', () => {
  it('is found by our id, and by the id of Chime once that is known', () => {
    const ledger = newLedger();
    const { entry } = ledger.add(sent('token'));
    expect([ledger.find('token'), ledger.find('m1')]).toEqual([entry, undefined]);
    ledger.apply({ entry, evidence: accepted });
    expect([ledger.find('token'), ledger.find('m1')]).toEqual([entry, entry]);
    expect([...ledger.entries()]).toEqual([entry]);
  });

  it('is told of as it was and as it is, and not at all where nothing changed', () => {
    const ledger = newLedger();
    const begin = ledger.add(sent('token'));
    expect([begin.before, begin.after.status]).toEqual([undefined, 'SENDING']);
    const change = ledger.apply({ entry: begin.entry, evidence: accepted });
    expect([change?.before?.status, change?.after.status]).toEqual(['SENDING', 'PENDING']);
    expect(ledger.apply({ entry: begin.entry, evidence: accepted })).toBeUndefined();
  });

  it('begins with what the app knows of it', () => {
    const ledger = newLedger();
    expect(ledger.add(tracked('m1'), heard('SENT', 'send-response')).after).toMatchObject({
      status: 'SENT',
      evidence: 'send-response',
    });
    expect(ledger.pending).toBe(0);
  });

  it('is open until it is settled', () => {
    const ledger = newLedger();
    const { entry } = ledger.add(tracked('m1'));
    ledger.add(tracked('m2'));
    expect([[...ledger.open()].length, ledger.pending]).toEqual([2, 2]);
    ledger.apply({ entry, evidence: heard('SENT') });
    expect([[...ledger.open()].map(({ known }) => known.id), ledger.pending]).toEqual([['m2'], 1]);
  });

  it('that is removed is nowhere, and what is learnt of it changes nothing', () => {
    const ledger = newLedger();
    const { entry } = ledger.add(sent('token'));
    ledger.apply({ entry, evidence: accepted });
    ledger.remove(entry);
    ledger.remove(entry);
    expect([ledger.find('token'), ledger.find('m1'), ledger.pending]).toEqual([undefined, undefined, 0]);
    expect(ledger.apply({ entry, evidence: heard('SENT') })).toBeUndefined();
    expect(entry.known.status).toBe('PENDING');
  });

  it('keeps what is its own when a repeated send is answered with the id of another', () => {
    const ledger = newLedger();
    const first = ledger.add(tracked('m1')).entry;
    const second = ledger.add(sent('token')).entry;
    ledger.apply({ entry: second, evidence: accepted });
    expect([ledger.find('m1'), ledger.find('token')]).toEqual([first, second]);
    ledger.remove(second);
    expect(ledger.find('m1')).toBe(first);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be called %s', (id) => {
    const ledger = newLedger();
    expect(ledger.find(id)).toBeUndefined();
    const { entry } = ledger.add(tracked(id));
    expect(ledger.apply({ message: about(id), evidence: heard('SENT') })?.entry).toBe(entry);
  });
});

describe('settled deliveries', () => {
  it('are remembered up to a number, the oldest go first, and pending ones stay', () => {
    const ledger = newLedger(2);
    for (const id of ['m1', 'm2', 'm3', 'm4']) ledger.add(tracked(id));
    for (const id of ['m3', 'm1', 'm2']) ledger.apply({ message: about(id), evidence: heard('SENT') });
    expect([...ledger.entries()].map(({ known }) => known.id)).toEqual(['m1', 'm2', 'm4']);
    expect(ledger.pending).toBe(1);
  });

  it('can all be forgotten at once, and are told of all the same', () => {
    const ledger = newLedger(0);
    ledger.add(tracked('m1'));
    expect(ledger.apply({ message: about('m1'), evidence: heard('SENT') })?.after.status).toBe('SENT');
    expect([ledger.find('m1'), ledger.pending]).toEqual([undefined, 0]);
  });
});

describe('what is heard of a message', () => {
  it.each<[string, Partial<MessageKey>, boolean]>([
    ['of ours', {}, true],
    ['whose sender is not told', { sender: undefined }, true],
    ['in a prefetch, which does not tell edits from new messages', { update: undefined }, true],
    ['of another user', { sender: bob }, false],
    ['in another channel', { channelArn: otherChannel }, false],
    ['when it was edited', { update: true }, false],
  ])('%s counts: %p', (_name, more, counts) => {
    const ledger = newLedger();
    ledger.add(tracked('m1'));
    expect(ledger.apply({ message: about('m1', more), evidence: heard('DENIED') }) !== undefined).toBe(counts);
  });

  it('about an edit counts for the edit alone', () => {
    const ledger = newLedger();
    ledger.add(tracked('m1', { update: true, provable: false }));
    expect(ledger.apply({ message: about('m1'), evidence: heard('SENT') })).toBeUndefined();
    const edit = ledger.apply({ message: about('m1', { update: true }), evidence: heard('DENIED') });
    expect(edit?.after.status).toBe('DENIED');
  });
});

describe('what is heard before a message is known', () => {
  it('is learnt with the answer to its send', () => {
    const ledger = newLedger();
    const { entry } = ledger.add(sent('token'));
    expect(ledger.apply({ message: about('m1'), evidence: heard('DENIED') })).toBeUndefined();
    const change = ledger.apply({ entry, evidence: { ...accepted, at: at + 5_000 } });
    expect(change?.after).toMatchObject({ status: 'DENIED', evidence: 'websocket', settledAt: at + 5_000 });
  });

  it('is learnt when tracking begins', () => {
    const ledger = newLedger();
    ledger.apply({ message: about('m1'), evidence: heard('SENT') });
    expect(ledger.add(tracked('m1')).after).toMatchObject({ status: 'SENT', evidence: 'websocket' });
  });

  it('does not overrule what the send itself said', () => {
    const ledger = newLedger();
    ledger.apply({ message: about('m1'), evidence: heard('FAILED') });
    expect(ledger.add(tracked('m1'), heard('SENT', 'send-response')).after.status).toBe('SENT');
  });

  it.each<[string, Partial<MessageKey>]>([
    ['of another user', { sender: bob }],
    ['of nobody in particular', { sender: undefined }],
    ['in another channel', { channelArn: otherChannel }],
    ['of its edit', { update: true }],
  ])('is nothing, %s', (_name, more) => {
    const ledger = newLedger();
    ledger.apply({ message: about('m1', more), evidence: heard('SENT') });
    expect(ledger.add(tracked('m1')).after.status).toBe('PENDING');
  });

  it('of another bearer counts from when that bearer is expected', () => {
    const ledger = newLedger();
    ledger.expect(bob);
    ledger.apply({ message: about('m1', { sender: bob }), evidence: heard('SENT') });
    expect(ledger.add(tracked('m1', { chimeBearer: bob })).after.status).toBe('SENT');
  });

  it('of an edit is not lost because the message itself was heard of just before', () => {
    const ledger = newLedger();
    ledger.apply({ message: about('m1'), evidence: heard('SENT') });
    ledger.apply({ message: about('m1', { update: true }), evidence: heard('DENIED') });
    expect(ledger.add(tracked('m1', { update: true, provable: false })).after.status).toBe('DENIED');
  });
});

describe('deliveries that share a name', () => {
  const update = { update: true, provable: false };

  it('have ids of their own: the first has the one that was wanted', () => {
    const ledger = newLedger();
    const first = ledger.add(sent('token', { token: 'token' })).entry;
    const second = ledger.add(sent('token', { token: 'token', channelArn: otherChannel })).entry;
    expect(first.known.id).toBe('token');
    expect(second.known.id).not.toBe('token');
    expect(ledger.add(tracked('m1', { id: undefined })).entry.known.id).not.toBe('m1');
    expect([ledger.find('token'), ledger.find(second.known.id)]).toEqual([first, second]);
  });

  it('are found by what else is said of the one that is meant', () => {
    const ledger = newLedger();
    const create = ledger.add(tracked('m1')).entry;
    const elsewhere = ledger.add(tracked('m1', { channelArn: otherChannel })).entry;
    const ofBob = ledger.add(tracked('m1', { chimeBearer: bob })).entry;
    const edits = [1, 2].map(() => ledger.add(tracked('m1', { id: undefined, ...update })).entry);
    expect(ledger.find('m1')).toBe(create);
    expect(ledger.find('m1', { operation: 'create' })).toBe(create);
    expect(ledger.find('m1', { operation: 'update' })).toBe(edits[1]);
    expect(ledger.find('m1', { channelArn: otherChannel })).toBe(elsewhere);
    expect(ledger.find('m1', { chimeBearer: bob })).toBe(ofBob);
    expect(ledger.find('m1', { channelArn: otherChannel, operation: 'update' })).toBeUndefined();
    expect(ledger.editsOf({ ...create.known, messageId: 'm1' })).toEqual(edits);
    expect(ledger.editsOf({ ...ofBob.known, messageId: 'm1' })).toEqual([]);
    ledger.remove(create);
    expect([ledger.has(create), ledger.has(elsewhere)]).toEqual([false, true]);
    expect(ledger.find('m1', { channelArn: channel, operation: 'create', chimeBearer: alice })).toBeUndefined();
  });
});

describe('an event about an edit', () => {
  const update = { update: true, provable: false, id: undefined };
  const edit = (more: Partial<MessageKey> = {}): MessageKey => about('m1', { update: true, ...more });
  const statuses = (...changes: { entry: { known: { status: string } } }[]): string[] =>
    changes.map(({ entry }) => entry.known.status);

  it('is about the oldest that is open', () => {
    const ledger = newLedger();
    const [one, two] = [ledger.add(tracked('m1', update)), ledger.add(tracked('m1', update))];
    ledger.apply({ message: edit(), evidence: heard('DENIED') });
    expect(statuses(one, two)).toEqual(['DENIED', 'PENDING']);
    ledger.apply({ message: edit(), evidence: heard('SENT') });
    expect(statuses(one, two)).toEqual(['DENIED', 'SENT']);
  });

  it('is about the one with its content, where it tells that', () => {
    const ledger = newLedger();
    const [a, b] = [1, 2].map((contentDigest) => ledger.add(tracked('m1', { ...update, contentDigest })));
    ledger.apply({ message: edit({ contentDigest: 2 }), evidence: heard('DENIED') });
    expect(statuses(a!, b!)).toEqual(['PENDING', 'DENIED']);
    expect(ledger.apply({ message: edit({ contentDigest: 3 }), evidence: heard('DENIED') })).toBeUndefined();
    expect(statuses(a!, b!)).toEqual(['PENDING', 'DENIED']);
  });

  it('counts once, whoever sends it twice', () => {
    const ledger = newLedger();
    const [one, two] = [ledger.add(tracked('m1', update)), ledger.add(tracked('m1', update))];
    for (let i = 0; i < 3; i += 1) {
      ledger.apply({ message: edit({ eventDigest: 1 }), evidence: { ...heard('DENIED'), at: at + i * 2_000 } });
    }
    expect(statuses(one, two)).toEqual(['DENIED', 'PENDING']);
  });
});

describe('a read that says FAILED', () => {
  it('of a message with edits may speak of one of them: the message is there', () => {
    const ledger = newLedger();
    const { entry } = ledger.add(tracked('m1'));
    ledger.add(tracked('m1', { update: true, provable: false, id: undefined }));
    ledger.apply({ entry, evidence: heard('FAILED', 'status') });
    expect(entry.known).toMatchObject({ status: 'PENDING', seen: true });
    ledger.apply({ entry, evidence: heard('SENT', 'status') });
    expect(entry.known.status).toBe('SENT');
  });
});

describe('how long a message that was never seen is waited for', () => {
  it('is learnt from twenty that were readable at their first read', () => {
    const ledger = newLedger();
    for (let i = 0; i < 20; i += 1) {
      const { entry } = ledger.add(sent(`t${i}`, { token: `t${i}` }));
      ledger.apply({ entry, evidence: { ...accepted, messageId: `m${i}` } as Evidence });
      expect(ledger.rules.unseenMs).toBe(10_000);
      ledger.apply({ entry, evidence: { ...heard('PENDING', 'status'), at: at + 500 } });
    }
    expect(ledger.rules.unseenMs).toBe(2_000);
    const { entry } = ledger.add(sent('t20', { token: 't20' }));
    expect(ledger.believableAt(entry)).toBe(at + 2_000);
  });

  it('is not learnt from messages that were tracked, nor from the answers to sends', () => {
    const ledger = newLedger();
    for (let i = 0; i < 25; i += 1) {
      const { entry } = ledger.add(tracked(`m${i}`));
      ledger.apply({ entry, evidence: { ...heard('PENDING', 'status'), at: at + 500 } });
      const other = ledger.add(sent(`t${i}`, { token: `t${i}` })).entry;
      ledger.apply({ entry: other, evidence: { ...accepted, messageId: `n${i}`, status: 'SENT' } as Evidence });
    }
    expect(ledger.rules.unseenMs).toBe(10_000);
  });
});
