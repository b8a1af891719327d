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

describe("with React Native's abort signals", () => {
  it('a message is sent, polled, and settled', async () => {
    const { send, service } = startTracker({ socket: 'down' });
    const delivery = send();
    await pass(SECOND);
    service.settle('m1', 'SENT');
    await pass(5 * SECOND);
    expect(delivery.state).toMatchObject({ status: 'SENT', evidence: 'status' });
  });

  it('a request that hangs is given up and made again, and close stops everything', async () => {
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
