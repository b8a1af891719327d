// With the real SDK client, without a network: the request handler is ours.

import { ChimeSDKMessagingClient, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';
import { DispatchProbe } from '../../src/http/dispatch-probe.ts';
import { alice, channel } from '../support/delivery-record.ts';
import { sdkError } from '../support/sdk-errors.ts';
import { MINUTE, pass, startTracker } from '../support/tracker-kit.ts';

const keys = { accessKeyId: 'local', secretAccessKey: 'local' };
const gone = sdkError('ResourceNotFoundException', { $metadata: { httpStatusCode: 400, requestId: 'of-cognito' } });

function clientWith(credentials: () => Promise<typeof keys>, requests: unknown[] = []): ChimeSDKMessagingClient {
  const handle = (request: unknown): Promise<never> => {
    requests.push(request);
    return Promise.reject(new Error('no network here'));
  };
  return new ChimeSDKMessagingClient({ region: 'us-east-1', credentials, requestHandler: { handle }, maxAttempts: 1 });
}
const command = (): GetChannelMessageStatusCommand =>
  new GetChannelMessageStatusCommand({ ChannelArn: channel, MessageId: 'm1', ChimeBearer: alice });

describe('a request', () => {
  it.each([
    ['has not left if the credentials cannot be had', () => Promise.reject(gone), 'credentials', 0],
    ['has left if the network fails', () => Promise.resolve(keys), undefined, 1],
  ])('%s', async (_name, credentials, stay, dispatches) => {
    const watched = command();
    let left = 0;
    const probe = new DispatchProbe(() => void (left += 1));
    probe.watch(watched);
    await clientWith(credentials)
      .send(watched)
      .catch(() => undefined);
    expect([probe.blocker, probe.isDispatched, left]).toEqual([stay, dispatches === 1, dispatches]);
  });

  it('may have left if the client has no middleware', () => {
    const probe = new DispatchProbe(() => undefined);
    probe.watch({});
    expect([probe.blocker, probe.isWatched]).toEqual([undefined, false]);
  });

  it('leaves when it may, and not at all if it was aborted meanwhile', async () => {
    const requests: unknown[] = [];
    const watched = command();
    let go = (): void => undefined;
    const probe = new DispatchProbe(() => new Promise((resolve) => (go = resolve)));
    probe.watch(watched);
    const answer = clientWith(() => Promise.resolve(keys), requests).send(watched);
    answer.catch(() => undefined);
    await pass(100);
    expect([requests.length, probe.isStalled]).toEqual([0, false]);
    probe.end();
    go();
    await expect(answer).rejects.toThrow('abandoned before it was dispatched');
    expect([requests.length, probe.blocker]).toEqual([0, 'client']);
  });
});

describe('a credentials provider that reports its own resource as gone', () => {
  it('denies no message: the tracker is suspended and reports it, and the delivery stays pending', async () => {
    const requests: unknown[] = [];
    const client = clientWith(() => Promise.reject(gone), requests);
    const { tracker, track, story } = startTracker({ client });
    const delivery = track('m1');
    await pass(10 * MINUTE);
    expect([delivery.state.status, story, requests.length]).toEqual(['PENDING', ['update PENDING m1', 'suspended'], 0]);
    expect(tracker.stats.suspended).toBe(true);
  });
});
