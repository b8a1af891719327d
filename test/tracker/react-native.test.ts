import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { replies } from '../support/scripted-service.ts';
import { pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const real = globalThis.AbortController;
/** `abort-controller` 3, which React Native installs, has neither `reason` nor `throwIfAborted`. */
class PlainAbortController extends real {
  constructor() {
    super();
    Object.defineProperties(this.signal, { reason: { value: undefined }, throwIfAborted: { value: undefined } });
  }
}

beforeEach(() => void (globalThis.AbortController = PlainAbortController));
afterEach(() => void (globalThis.AbortController = real));

describe('the abort signals of React Native', () => {
  it('are enough for a message to be sent, polled and settled', async () => {
    const { send, service } = startTracker({ socket: 'down' });
    const delivery = send();
    await pass(SECOND);
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('are enough to retry a request that hangs, and to stop everything at close', async () => {
    const { send, service, tracker } = startTracker({ requestTimeoutMs: SECOND });
    service.answer('send', replies.hangs());
    const delivery = send();
    await pass(20 * SECOND);
    expect(service.count('send')).toBeGreaterThan(3);
    await tracker.close();
    const before = service.count('send');
    await pass(60 * SECOND);
    expect([delivery.state.status, service.count('send')]).toEqual(['SENDING', before]);
  });
});
