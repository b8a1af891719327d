import { describe, expect, it } from '@jest/globals';
import { abortReason, polyfillSignal } from '../../src/shared/abort.ts';

/** A signal as React Native has it: without `reason` and `throwIfAborted`. */
function plainSignal(): { signal: AbortSignal; abort: () => void } {
  const target = new EventTarget();
  const plain = {
    aborted: false,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  };
  const abort = (): void => {
    plain.aborted = true;
    target.dispatchEvent(new Event('abort'));
  };
  return { signal: plain as unknown as AbortSignal, abort };
}

describe('a signal of React Native', () => {
  it('gets the missing members of the standard', () => {
    const { signal, abort } = plainSignal();
    const standard = polyfillSignal(signal);
    const story: string[] = [];
    standard.addEventListener('abort', () => story.push('aborted'));
    standard.throwIfAborted();
    abort();
    expect([standard.aborted, ...story]).toEqual([true, 'aborted']);
    expect(() => standard.throwIfAborted()).toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(standard.reason).toMatchObject({ name: 'AbortError' });
  });

  it('is left alone if it has all members', () => {
    const { signal } = new AbortController();
    expect(polyfillSignal(signal)).toBe(signal);
  });

  it('has its reason if there is one', () => {
    const reason = new Error('enough');
    expect(abortReason(AbortSignal.abort(reason))).toBe(reason);
  });
});
