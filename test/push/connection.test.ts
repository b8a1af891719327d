import { describe, expect, it, jest } from '@jest/globals';
import { alice } from '../support/delivery-record.ts';
import { FakeSession, type Said, listen } from '../support/push-kit.ts';
import { useFakeTime } from '../support/fake-time.ts';

useFakeTime();
/** When a test begins, by the monotonic clock. */
const start = 0;

// The measured signals of a `DefaultMessagingSession`. After each signal: is the link up?
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
  ['it sends only invalid signals', ['nonsense'], [false]],
];

describe('a session', () => {
  it.each(table)('is up or down when %s', (_name, said, expected) => {
    const { push, session } = listen();
    expect(push.isUp(alice)).toBe(false);
    const up = said.map((one) => {
      session.say(one);
      return push.isUp(alice);
    });
    expect(up).toEqual(expected);
  });

  it('reports each change to up and to down', () => {
    const { session, story } = listen();
    for (const one of ['connecting', 'started', 'reconnecting', 'reconnecting', 'started', 'stopped'] as const)
      session.say(one);
    expect(story).toEqual(['established', 'down', 'established', 'down']);
  });

  it('is connected once, even if it reports it twice, and again when it reports it later', () => {
    const { session, story } = listen();
    session.say('started');
    jest.advanceTimersByTime(999);
    session.say('established');
    expect(story).toEqual(['established']);
    jest.advanceTimersByTime(1);
    session.say('established');
    expect(story).toEqual(['established', 'established']);
  });

  it('reports with each change whether it is one, and what a reconnect will deliver', () => {
    const session = Object.assign(new FakeSession(), { configuration: { userArn: alice, prefetchOn: 0 } });
    const { push, story } = listen();
    const events: unknown[] = [];
    push.events$.subscribe((event) => events.push(event));
    push.attach(session, undefined, alice);
    session.say('started');
    jest.advanceTimersByTime(1_000);
    session.say('established');
    session.say('stopped');
    expect(events).toEqual([
      { kind: 'established', chimeBearer: alice, change: true },
      { kind: 'established', chimeBearer: alice, change: false },
      { kind: 'down', chimeBearer: alice, halfOpen: false, prefetch: true, isEnd: true },
    ]);
    expect(story).toHaveLength(3);
  });

  it('beside another of the same user is up since the first of them', () => {
    const { push, session } = listen();
    const other = new FakeSession(alice);
    push.attach(other, undefined, alice);
    session.say('started');
    jest.advanceTimersByTime(5_000);
    other.say('started');
    expect(push.upSince(alice)).toBe(start);
  });

  it('reports since when it is up', () => {
    const { push, session } = listen();
    session.say('started');
    jest.advanceTimersByTime(5_000);
    session.say('event');
    expect(push.upSince(alice)).toBe(start);
  });
});

describe('a socket that is connected and delivers nothing', () => {
  it('counts as down until an event arrives', () => {
    const { push, session, story, warnings } = listen();
    session.say('started');
    push.markHalfOpen(alice);
    push.markHalfOpen(alice);
    expect([push.isUp(alice), story]).toEqual([false, ['established', 'down']]);
    expect(warnings).toEqual([
      `chime-delivery: websocket for ${alice} is half-open: connected but not delivering; polling instead`,
    ]);
    session.say('nonsense');
    expect(push.isUp(alice)).toBe(false);
    session.say('event');
    expect(push.isUp(alice)).toBe(true);
  });

  it('is reported as half-open, and as down no longer', () => {
    const { push, session } = listen();
    const events: unknown[] = [];
    session.say('started');
    push.events$.subscribe((event) => events.push(event));
    push.markHalfOpen(alice);
    session.say('stopped');
    expect(events).toEqual([
      { kind: 'down', chimeBearer: alice, halfOpen: true, prefetch: false, isEnd: false },
      // It is down already, and now the session has given up as well.
      { kind: 'ended', chimeBearer: alice },
    ]);
  });

  it('counts as up again when it is established again', () => {
    const { push, session, story } = listen();
    session.say('started');
    push.markHalfOpen(alice);
    session.say('reconnecting');
    expect(push.isUp(alice)).toBe(false);
    session.say('started');
    expect([push.isUp(alice), story.at(-1)]).toEqual([true, 'established']);
  });

  it('is not doubted while it is down', () => {
    const { push, story, warnings } = listen();
    push.markHalfOpen(alice);
    expect([story, warnings]).toEqual([[], []]);
  });

  it('stays doubted when another socket of the same user goes down: no event has arrived', () => {
    const { push, session } = listen();
    const other = new FakeSession(alice);
    push.attach(other, undefined, alice);
    session.say('started');
    other.say('started');
    push.markHalfOpen(alice);
    other.say('stopped');
    expect(push.isUp(alice)).toBe(false);
  });
});
