import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { userOf } from '../../src/push/session-internals.ts';
import { signalsOf, type PushSource } from '../../src/push/push-source.ts';
import { alice } from '../support/delivery-record.ts';
import { FakeSession } from '../support/push-kit.ts';

describe('the signals of a session', () => {
  it('are the calls of its observer, while there is a subscriber', () => {
    const session = new FakeSession();
    const heard: string[] = [];
    const signals$ = signalsOf(session);
    expect(session.observers.size).toBe(0);
    const subscription = signals$.subscribe(({ kind }) => heard.push(kind));
    for (const said of ['connecting', 'started', 'established', 'event', 'reconnecting', 'stopped'] as const)
      session.say(said);
    subscription.unsubscribe();
    session.say('started');
    expect(heard).toEqual(['down', 'up', 'message', 'message', 'down', 'down']);
    expect(session.observers.size).toBe(0);
  });
});

describe('the signals of an app’s own socket', () => {
  it('are its link and its messages, in the order of arrival', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ hot, expectObservable }) => {
      const link$ = hot<'up' | 'down'>(' -u---d-----u--|', { u: 'up', d: 'down' });
      const messages$ = hot('               --m---m-m-----|', { m: { type: 'CREATE_CHANNEL_MESSAGE' } });
      const kinds$ = signalsOf({ link$, messages$ }).pipe(map(({ kind }) => kind[0]));
      // Once the messages have ended, no event can arrive.
      expectObservable(kinds$).toBe('       -um--dm-m--u--(d|)');
    });
  });
});

describe('a push source', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'session'],
    ['an empty object', {}],
    ['half a session', { addObserver: () => undefined }],
    ['half a source', { messages$: { subscribe: () => undefined } }],
    ['a source without streams', { messages$: 1, link$: 2 }],
  ])('is not %s', (_name, source) => {
    expect(() => signalsOf(source as unknown as PushSource)).toThrow(
      /Expected `source` to be a MessagingSession .* got/,
    );
  });

  it('names the user of its session, if the session has one', () => {
    expect(userOf(new FakeSession(alice))).toBe(alice);
    for (const source of [new FakeSession(), {}, { configuration: null }, { configuration: { userArn: 7 } }])
      expect(userOf(source)).toBeUndefined();
  });
});
