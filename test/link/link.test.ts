import { beforeEach, afterEach, describe, expect, it, jest } from '@jest/globals';
import { Link } from '../../src/link/link.ts';
import { alice, bob, channel } from '../support/known.ts';
import { event, FakePush, FakeSession, type Said } from '../support/push-kit.ts';

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

/** A link that listens to one session, and all that it has told: events, reports, and warnings. */
function listen(session = new FakeSession(alice)) {
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const logger = { debug: silent, info: silent, warn: (text: string) => warnings.push(text), error: silent };
  const link = new Link(logger);
  const story: string[] = [];
  link.events$.subscribe({
    next: ({ kind, chimeBearer }) => story.push(chimeBearer === alice ? kind : `${kind} for bob`),
    complete: () => story.push('end'),
  });
  const reports: unknown[] = [];
  link.reports$.subscribe((report) => reports.push(report));
  const detach = link.attach(session, undefined, alice);
  return { link, session, story, reports, warnings, detach };
}

// CHIME.md, "DefaultMessagingSession as its observer sees it". After each signal: is the link up?
const table: [string, Said[], boolean[]][] = [
  ['nothing was said yet', [], []],
  ['it connects', ['connecting', 'started', 'established'], [false, true, true]],
  ['it drops and reconnects', ['started', 'reconnecting', 'started', 'established'], [true, false, true, true]],
  ['it drops while offline: silence, then the end', ['started', 'established', 'stopped'], [true, true, false]],
  ['the reconnected socket closes 4401: never anything again', ['started', 'reconnecting'], [true, false]],
  [
    'it drops before it is established, over and over',
    ['connecting', 'reconnecting', 'reconnecting'],
    [false, false, false],
  ],
  ['stop() during its back-off is ignored', ['started', 'reconnecting', 'started'], [true, false, true]],
  ['it was attached while it ran, and speaks', ['event', 'event'], [true, true]],
  ['it was attached while it ran, and stops', ['event', 'stopped', 'event'], [true, false, false]],
  ['it says nonsense only', ['nonsense'], [false]],
];

describe('what is believed of a session when', () => {
  it.each(table)('%s', (_name, said, expected) => {
    const { link, session } = listen();
    expect(link.isUp(alice)).toBe(false);
    const up = said.map((one) => {
      session.say(one);
      return link.isUp(alice);
    });
    expect(up).toEqual(expected);
  });

  it('it goes up and down: each is told', () => {
    const { session, story } = listen();
    for (const one of ['connecting', 'started', 'reconnecting', 'reconnecting', 'started', 'stopped'] as const)
      session.say(one);
    expect(story).toEqual(['established', 'down', 'established', 'down']);
  });

  it('it goes up: since when', () => {
    const { link, session } = listen();
    session.say('started');
    jest.advanceTimersByTime(5_000);
    session.say('event');
    expect(link.upSince(alice)).toBe(1_000_000);
  });
});

describe('a socket that claims to be up and delivers nothing', () => {
  it('counts as down until an event is heard', () => {
    const { link, session, story, warnings } = listen();
    session.say('started');
    link.doubt(alice);
    link.doubt(alice);
    expect([link.isUp(alice), story, warnings.length]).toEqual([false, ['established', 'down'], 1]);
    session.say('nonsense');
    expect(link.isUp(alice)).toBe(false);
    session.say('event');
    expect(link.isUp(alice)).toBe(true);
  });

  it('counts as up again when it was established anew', () => {
    const { link, session, story } = listen();
    session.say('started');
    link.doubt(alice);
    session.say('reconnecting');
    expect(link.isUp(alice)).toBe(false);
    session.say('started');
    expect([link.isUp(alice), story.at(-1)]).toEqual([true, 'established']);
  });

  it('is not doubted while it is down', () => {
    const { link, story, warnings } = listen();
    link.doubt(alice);
    expect([story, warnings]).toEqual([[], []]);
  });

  it('stays doubted when another socket of the same user goes down: nothing was heard by that', () => {
    const { link, session } = listen();
    const other = new FakeSession(alice);
    link.attach(other, undefined, alice);
    session.say('started');
    other.say('started');
    link.doubt(alice);
    other.say('stopped');
    expect(link.isUp(alice)).toBe(false);
  });
});

describe('whose socket it is', () => {
  it.each([
    ['the user who was named', bob, alice, bob],
    ['its own user', undefined, bob, bob],
    ["the tracker's bearer", undefined, undefined, alice],
  ])('%s', (_name, named, own, expected) => {
    const { link } = listen(new FakeSession());
    const session = new FakeSession(own);
    link.attach(session, named, alice);
    session.say('started');
    expect([link.isUp(alice), link.isUp(bob)]).toEqual([expected === alice, expected === bob]);
  });

  it('is kept apart: one user may be up while the other is down', () => {
    const { link, session, story } = listen();
    const other = new FakeSession(bob);
    link.attach(other, undefined, alice);
    session.say('started');
    other.say('started');
    session.say('stopped');
    expect([link.isUp(alice), link.isUp(bob)]).toEqual([false, true]);
    expect(story).toEqual(['established', 'established for bob', 'down']);
  });

  it('with two sockets, the user is down only when both are', () => {
    const { link, session, story } = listen();
    const other = new FakeSession(alice);
    link.attach(other, undefined, alice);
    session.say('started');
    other.say('started');
    session.say('stopped');
    expect(link.isUp(alice)).toBe(true);
    other.say('reconnecting');
    expect([link.isUp(alice), story]).toEqual([false, ['established', 'established', 'down']]);
  });
});

describe('what is heard', () => {
  it('is reported with the time, for each row of a prefetch', () => {
    const { session, reports } = listen();
    jest.advanceTimersByTime(500);
    session.hear(event('DENIED_CREATE_CHANNEL_MESSAGE', { Status: { Value: 'DENIED', Detail: 'rude' } }));
    expect(reports).toEqual([
      {
        message: { messageId: 'm1', channelArn: channel, sender: alice, update: false },
        evidence: { kind: 'said', source: 'websocket', at: 1_000_500, status: 'DENIED', detail: 'rude' },
      },
    ]);
  });

  it('is warned of when it is malformed, once for each kind', () => {
    const { session, warnings, reports } = listen();
    for (let i = 0; i < 50; i += 1) session.say('nonsense');
    session.hear({ type: 'UPDATE_CHANNEL_MESSAGE' });
    expect([warnings.length, reports]).toEqual([2, []]);
  });
});

describe('attaching', () => {
  it('twice is once', () => {
    const { link, session, reports } = listen();
    link.attach(session, undefined, alice);
    session.hear(event('CREATE_CHANNEL_MESSAGE'));
    expect([session.observers.size, reports.length]).toEqual([1, 1]);
  });

  it('ends with detaching: the observer is gone, and the link is down', () => {
    const { link, session, story, detach } = listen();
    session.say('started');
    detach();
    detach();
    expect([session.observers.size, link.isUp(alice), story]).toEqual([0, false, ['established', 'down']]);
  });

  it('again after detaching listens again, and the old detach has no power over that', () => {
    const { link, session, detach } = listen();
    detach();
    link.attach(session, undefined, alice);
    detach();
    session.say('started');
    expect(link.isUp(alice)).toBe(true);
  });

  it('to several ends with close: nothing is left, and nothing more is told', () => {
    const { link, session, story } = listen();
    const push = new FakePush();
    link.attach(push, bob, alice);
    session.say('started');
    link.close();
    expect([session.observers.size, push.messages$.observed, push.link$.observed]).toEqual([0, false, false]);
    expect(story).toEqual(['established', 'down', 'end']);
  });
});

describe("an app's own socket", () => {
  it('is up and down as its link says', () => {
    const { link, story } = listen();
    const push = new FakePush();
    link.attach(push, undefined, bob);
    push.link$.next('up');
    expect(link.isUp(bob)).toBe(true);
    push.link$.next('down');
    expect([link.isUp(bob), story]).toEqual([false, ['established for bob', 'down for bob']]);
  });

  it.each(['link$', 'messages$'] as const)('that fails in its %s is down, and warned of', (stream) => {
    const { link, warnings } = listen();
    const push = new FakePush();
    link.attach(push, undefined, bob);
    push.link$.next('up');
    push[stream].error(new Error('broken'));
    expect([link.isUp(bob), warnings.length]).toEqual([false, 1]);
  });

  it('that ends is down', () => {
    const { link } = listen();
    const push = new FakePush();
    link.attach(push, undefined, bob);
    push.link$.next('up');
    push.link$.complete();
    push.messages$.complete();
    expect(link.isUp(bob)).toBe(false);
  });
});
