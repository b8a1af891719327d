import { describe, expect, it } from '@jest/globals';
import { hasPrefetch, isEstablished, onSocketClose, userOf } from '../../src/push/session-internals.ts';

/** A session's own socket, as amazon-chime-sdk-js wraps it. */
function socket(state: number): { webSocket: object; close: () => void } {
  const listeners: (() => void)[] = [];
  const webSocket = {
    readyState: () => state,
    addEventListener: (event: string, listener: () => void) => void (event === 'close' && listeners.push(listener)),
  };
  return { webSocket, close: () => listeners.forEach((listener) => listener()) };
}
const open = 2;
const closed = 4;

describe('the internals of a session', () => {
  it.each([
    ['its user', { configuration: { userArn: 'arn:user' } }, 'arn:user'],
    ['no user without a configuration', {}, undefined],
    ['no user if it is no text', { configuration: { userArn: 7 } }, undefined],
    ['no user if the configuration is null', { configuration: null }, undefined],
  ])('include %s', (_name, session, user) => {
    expect(userOf(session)).toBe(user);
  });

  it.each([
    [true, { configuration: { prefetchOn: 'connect' } }],
    [false, { configuration: {} }],
    [false, {}],
  ])('include whether it has prefetch: %p', (prefetch, session) => {
    expect(hasPrefetch(session)).toBe(prefetch);
  });

  it.each([
    ['established', true, { isSessionEstablished: true, ...socket(open) }],
    ['established, as far as is known', true, { isSessionEstablished: true }],
    ['dropped since', false, { isSessionEstablished: true, ...socket(closed) }],
    ['connecting', false, { isSessionEstablished: false, ...socket(open) }],
    ['of another implementation', false, {}],
  ])('include whether it is established: %s', (_name, established, session) => {
    expect(isEstablished(session)).toBe(established);
  });

  it('include when its socket closes, at once if it has', () => {
    const story: string[] = [];
    const { webSocket, close } = socket(open);
    onSocketClose({ webSocket }, () => story.push('closed later'));
    expect(story).toEqual([]);
    close();
    onSocketClose(socket(closed), () => story.push('closed before'));
    onSocketClose({}, () => story.push('never known'));
    onSocketClose({ webSocket: null }, () => story.push('never known'));
    expect(story).toEqual(['closed later', 'closed before']);
  });
});
