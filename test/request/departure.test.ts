// On the real SDK client, without a network: the request handler is ours.

import { ChimeSDKMessagingClient, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';
import { watchDeparture } from '../../src/request/departure.ts';
import { alice, channel } from '../support/known.ts';
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
    ['has not left where the credentials cannot be had', () => Promise.reject(gone), true],
    ['has left where the network fails', () => Promise.resolve(keys), false],
  ])('%s', async (_name, credentials, stayed) => {
    const watched = command();
    const hasStayed = watchDeparture(watched);
    await clientWith(credentials)
      .send(watched)
      .catch(() => undefined);
    expect(hasStayed()).toBe(stayed);
  });

  it('may have left, for all that a client says which has no middleware', () => {
    expect(watchDeparture({})()).toBe(false);
  });
});

describe('when the provider of the credentials says that its own resource is gone', () => {
  it('no message was denied: the tracker is suspended, says so, and the delivery stays pending', async () => {
    const requests: unknown[] = [];
    const client = clientWith(() => Promise.reject(gone), requests);
    const { tracker, track, story } = startTracker({ client });
    const delivery = track('m1');
    await pass(10 * MINUTE);
    expect([delivery.state.status, story, requests.length]).toEqual(['PENDING', ['update PENDING m1', 'suspended'], 0]);
    expect(tracker.stats.suspended).toBe(true);
  });
});
