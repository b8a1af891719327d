import { describe, expect, it, jest } from '@jest/globals';
import { useFakeTime } from '../support/fake-time.ts';
import { alice, bob, channel } from '../support/delivery-record.ts';
import { channelDetails, event, FakePush, FakeSession, listen } from '../support/push-kit.ts';

useFakeTime();

describe('the owner of a socket', () => {
  it.each([
    ['the user that was given', bob, alice, bob],
    ['its own user', undefined, bob, bob],
    ["the tracker's bearer", undefined, undefined, alice],
  ])('is %s', (_name, named, own, expected) => {
    const { push } = listen(new FakeSession());
    const session = new FakeSession(own);
    push.attach(session, named, alice);
    session.say('started');
    expect([push.isUp(alice), push.isUp(bob)]).toEqual([expected === alice, expected === bob]);
  });

  it('is separate: one user may be up while the other is down', () => {
    const { push, session, story } = listen();
    const other = new FakeSession(bob);
    push.attach(other, undefined, alice);
    session.say('started');
    other.say('started');
    session.say('stopped');
    expect([push.isUp(alice), push.isUp(bob)]).toEqual([false, true]);
    expect(story).toEqual(['established', 'established for bob', 'down']);
  });

  it('with two sockets is down only when both are', () => {
    const { push, session, story } = listen();
    const other = new FakeSession(alice);
    push.attach(other, undefined, alice);
    session.say('started');
    other.say('started');
    session.say('stopped');
    expect(push.isUp(alice)).toBe(true);
    other.say('reconnecting');
    expect([push.isUp(alice), story]).toEqual([false, ['established', 'established', 'down']]);
  });
});

describe('a push event', () => {
  it('is reported with the time, for each row of a prefetch', () => {
    const { session, reports } = listen();
    jest.advanceTimersByTime(500);
    session.hear(event('DENIED_CREATE_CHANNEL_MESSAGE', { Status: { Value: 'DENIED', Detail: 'rude' } }));
    expect(reports).toEqual([
      {
        message: { messageId: 'm1', channelArn: channel, sender: alice, isEdit: false },
        evidence: { kind: 'status', source: 'websocket', at: 500, status: 'DENIED', detail: 'rude' },
      },
    ]);
  });

  it.each(['SENT', 'PENDING', 'FAILED', 'DENIED'])('%s applies to the message of its sender', (status) => {
    const { session, reports } = listen();
    session.hear(event(`${status === 'SENT' ? '' : `${status}_`}CREATE_CHANNEL_MESSAGE`, { Sender: { Arn: bob } }));
    expect(reports).toMatchObject([{ message: { sender: bob } }]);
  });

  it.each([
    ['DENIED_CREATE_CHANNEL_MESSAGE', alice],
    ['FAILED_CREATE_CHANNEL_MESSAGE', alice],
    ['PENDING_CREATE_CHANNEL_MESSAGE', alice],
    // All members get this one.
    ['CREATE_CHANNEL_MESSAGE', undefined],
  ])('%s without a sender is from %p', (type, sender) => {
    const { session, reports } = listen();
    session.hear(event(type, { Sender: undefined }));
    expect(reports).toMatchObject([{ message: { sender } }]);
  });

  it('in a prefetch without a sender has no known sender', () => {
    const { session, reports, warnings } = listen();
    session.hear(channelDetails([{ MessageId: 'm1', Status: { Value: 'FAILED' } }]));
    expect(reports).toMatchObject([{ message: { sender: undefined }, evidence: { source: 'prefetch' } }]);
    expect(warnings).toEqual([]);
  });

  it('with a prefetch whose rows cannot be read is logged as a warning, and the other rows count', () => {
    const { session, reports, warnings } = listen();
    session.hear(channelDetails([{}, { MessageId: 'm1', Status: { Value: 'FAILED' } }]));
    expect(reports).toHaveLength(1);
    expect(warnings).toEqual(['chime-delivery: ignored rows of CHANNEL_DETAILS without ChannelArn and MessageId']);
  });

  it('of a removal is reported with the time, and adds no status report', () => {
    const { push, session, reports } = listen();
    const removals: unknown[] = [];
    push.removals$.subscribe((removal) => removals.push(removal));
    jest.advanceTimersByTime(500);
    session.hear(event('DELETE_CHANNEL_MESSAGE'));
    session.hear(event('DELETE_CHANNEL'));
    const message = { messageId: 'm1', channelArn: channel, sender: alice, isEdit: false };
    expect(removals).toEqual([
      { channelArn: channel, message, at: 500 },
      { channelArn: channel, message: undefined, at: 500 },
    ]);
    expect(reports).toEqual([]);
  });

  it('that is malformed is logged as a warning, once for each kind', () => {
    const { session, warnings, reports } = listen();
    for (let i = 0; i < 50; i += 1) session.say('nonsense');
    session.hear({ type: 'UPDATE_CHANNEL_MESSAGE' });
    expect([warnings.length, reports]).toEqual([2, []]);
  });
});

describe('attaching a source', () => {
  it('twice attaches it once', () => {
    const { push, session, reports } = listen();
    push.attach(session, undefined, alice);
    session.hear(event('CREATE_CHANNEL_MESSAGE'));
    expect([session.observers.size, reports.length]).toEqual([1, 1]);
  });

  it('ends with detaching: the observer is gone, and the link is down', () => {
    const { push, session, story, detach } = listen();
    session.say('started');
    detach();
    detach();
    expect([session.observers.size, push.isUp(alice), story]).toEqual([0, false, ['established', 'down']]);
  });

  it.each(['complete', 'error'] as const)('again after our own socket ended (%s) attaches it again', (end) => {
    const { push } = listen();
    let source = new FakePush();
    const { messages$ } = source;
    const changing = {
      get messages$() {
        return source.messages$;
      },
      get link$() {
        return source.link$;
      },
    };
    const detachOld = push.attach(changing, bob, alice);
    source.link$[end](new Error('broken'));
    messages$[end](new Error('broken'));
    source = new FakePush();
    push.attach(changing, bob, alice);
    detachOld();
    source.link$.next('up');
    expect(push.isUp(bob)).toBe(true);
  });

  it('again after detaching attaches it again, and the old detach has no effect on it', () => {
    const { push, session, detach } = listen();
    detach();
    push.attach(session, undefined, alice);
    detach();
    session.say('started');
    expect(push.isUp(alice)).toBe(true);
  });

  it('to several users ends with close: nothing is left, and nothing more is reported', () => {
    const { push: connections, session, story } = listen();
    const push = new FakePush();
    connections.attach(push, bob, alice);
    session.say('started');
    connections.close();
    expect([session.observers.size, push.messages$.observed, push.link$.observed]).toEqual([0, false, false]);
    expect(story).toEqual(['established', 'end']);
  });
});

describe('an app’s own socket', () => {
  it('is up and down as its link emits', () => {
    const { push: connections, story } = listen();
    const push = new FakePush();
    connections.attach(push, undefined, bob);
    push.link$.next('up');
    expect(connections.isUp(bob)).toBe(true);
    push.link$.next('down');
    expect([connections.isUp(bob), story]).toEqual([false, ['established for bob', 'down for bob']]);
  });

  it.each(['link$', 'messages$'] as const)('that fails in its %s is down, with a warning', (stream) => {
    const { push: connections, warnings } = listen();
    const push = new FakePush();
    connections.attach(push, undefined, bob);
    push.link$.next('up');
    push[stream].error(new Error('broken'));
    expect(connections.isUp(bob)).toBe(false);
    expect(warnings).toEqual(['chime-delivery: a push source failed and was detached']);
  });

  it('that completes is down', () => {
    const { push: connections } = listen();
    const push = new FakePush();
    connections.attach(push, undefined, bob);
    push.link$.next('up');
    push.link$.complete();
    push.messages$.complete();
    expect(connections.isUp(bob)).toBe(false);
  });
});
