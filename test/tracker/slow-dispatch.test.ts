// Requests that got their permits long before they can leave: no second has more than burst + rate of them all the
// same. With the real SDK client, whose credentials provider is slow.

import { describe, expect, it } from '@jest/globals';

import { ALICE, BOB, replies } from '../support/scripted-service.ts';
import { healthy, json, keys, sdkKit, type SdkKit, type WireRequest } from '../support/sdk-client.ts';
import { MINUTE, mostInASecond, pass, SECOND, startTracker } from '../support/tracker-kit.ts';
import { Disk, ScriptedStore } from '../support/scripted-store.ts';

/** A provider that takes `ms`, and is called again for each batch of requests while its keys are about to expire. */
function slow(ms: number, expiresAfterMs = Infinity): () => Promise<typeof keys> {
  return () =>
    new Promise((resolve) => {
      const expiration = expiresAfterMs === Infinity ? {} : { expiration: new Date(Date.now() + expiresAfterMs) };
      setTimeout(() => resolve({ ...keys, ...expiration }), ms);
    });
}

const bearerOf = ({ headers }: WireRequest): string => headers['x-amz-chime-bearer'] ?? '';

function timesOf({ dispatches, requests }: SdkKit, bearer: string): number[] {
  return dispatches.filter((_at, i) => requests[i] !== undefined && bearerOf(requests[i]) === bearer);
}

describe('slow credentials', () => {
  it.each([
    [4, 500],
    [4, 4_000],
    [20, 1_000],
    [20, 4_000],
    [20, 9_000],
    [100, 4_000],
  ])('with %i requests in flight and %i ms keep the busiest second within burst + rate', async (maxConcurrent, ms) => {
    const kit = sdkKit(healthy, { credentials: slow(ms) });
    const { send, tracker } = startTracker({ client: kit.client, rateLimit: { maxConcurrent } });
    const deliveries = Array.from({ length: 40 }, () => send());
    await pass(MINUTE);
    expect(mostInASecond(kit.dispatches)).toBeLessThanOrEqual(10);
    expect(deliveries.every(({ state }) => state.status === 'SENT')).toBe(true);
    const { send: sends, status, message, list } = tracker.stats.requests;
    expect([sends, sends + status + message + list]).toEqual([40, kit.dispatches.length]);
  });

  it('that expire every few seconds lose no request and overload no second', async () => {
    const kit = sdkKit(healthy, { credentials: slow(2_000, 301_000) });
    const { send } = startTracker({ client: kit.client, rateLimit: { maxConcurrent: 20 } });
    const deliveries = [];
    for (let i = 0; i < 100; i += 1) {
      deliveries.push(send());
      await pass(250);
    }
    await pass(MINUTE);
    expect(mostInASecond(kit.dispatches)).toBeLessThanOrEqual(10);
    expect(deliveries.every(({ state }) => state.status === 'SENT')).toBe(true);
  });

  it('limit each bearer separately', async () => {
    const kit = sdkKit(healthy, { credentials: slow(4_000) });
    const { send } = startTracker({ client: kit.client, rateLimit: { maxConcurrent: 20 } });
    for (let i = 0; i < 30; i += 1) for (const ChimeBearer of [ALICE, BOB]) send({ ChimeBearer });
    await pass(MINUTE);
    for (const bearer of [ALICE, BOB]) {
      expect(timesOf(kit, bearer).length).toBeGreaterThanOrEqual(30);
      expect(mostInASecond(timesOf(kit, bearer))).toBeLessThanOrEqual(10);
    }
  });

  it('do not shorten the timeout of a request by its wait for a permit', async () => {
    const answer = (request: WireRequest): Promise<ReturnType<typeof healthy>> =>
      new Promise((resolve) => setTimeout(() => resolve(healthy(request)), 1_900));
    const kit = sdkKit(answer, { credentials: slow(1_500) });
    const { send } = startTracker({
      client: kit.client,
      requestTimeoutMs: 2_000,
      rateLimit: { requestsPerSecond: 1, burst: 1, maxConcurrent: 20 },
    });
    const deliveries = Array.from({ length: 8 }, () => send());
    await pass(MINUTE);
    expect(deliveries.every(({ state }) => state.status === 'SENT')).toBe(true);
    expect(kit.requests.filter(({ method }) => method === 'POST')).toHaveLength(8);
  });

  it('extend the pause after a 429 to requests that wait for a permit', async () => {
    let isThrottled = true;
    const kit = sdkKit(
      (request) => {
        if (!isThrottled) return healthy(request);
        isThrottled = false;
        return json(
          429,
          {},
          { 'x-amzn-requestid': 'r', 'x-amzn-errortype': 'ThrottledClientException', 'retry-after': '5' },
        );
      },
      { credentials: slow(3_000) },
    );
    const { send } = startTracker({ client: kit.client, rateLimit: { maxConcurrent: 20 } });
    for (let i = 0; i < 20; i += 1) send();
    await pass(MINUTE);
    const [first = 0] = kit.dispatches;
    expect(kit.dispatches.filter((at) => at > first && at < first + 4_900)).toEqual([]);
    expect(kit.requests.length).toBeGreaterThanOrEqual(20);
  });

  it('let a send that is cancelled while it waits for a permit never leave', async () => {
    const kit = sdkKit(healthy, { credentials: slow(3_000) });
    const { tracker, send } = startTracker({ client: kit.client, rateLimit: { maxConcurrent: 20 } });
    for (let i = 0; i < 10; i += 1) send();
    const off = new AbortController();
    const { ChannelArn, Content, Type, Persistence } = {
      ChannelArn: 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general',
      Content: 'called off',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    } as const;
    const delivery = tracker.send({ ChannelArn, Content, Type, Persistence }, { signal: off.signal });
    await pass(3_100);
    off.abort();
    await pass(MINUTE);
    expect(delivery.state.status).toBe('FAILED');
    expect(kit.requests.filter(({ method }) => method === 'POST')).toHaveLength(10);
  });

  it('let nothing leave after the tracker was closed', async () => {
    const kit = sdkKit(healthy, { credentials: slow(3_000) });
    const { tracker, send } = startTracker({ client: kit.client, rateLimit: { maxConcurrent: 20 } });
    for (let i = 0; i < 20; i += 1) send();
    await pass(3_100);
    const before = kit.dispatches.length;
    await tracker.close();
    await pass(MINUTE);
    expect(kit.dispatches.length).toBe(before);
  });
});

describe('permits that were refunded', () => {
  it('are available again: after a failing provider, the whole burst leaves at once', async () => {
    let isMended = false;
    const kit = sdkKit(healthy, {
      credentials: () => (isMended ? Promise.resolve(keys) : Promise.reject(new Error('not yet'))),
    });
    const { send, tracker } = startTracker({ client: kit.client });
    send();
    await pass(2 * MINUTE);
    isMended = true;
    send();
    await pass(2 * MINUTE);
    expect(tracker.stats.suspended).toBe(false);
    const before = kit.dispatches.length;
    for (let i = 0; i < 5; i += 1) send();
    await pass(SECOND / 4);
    expect(kit.dispatches.length - before).toBe(5);
  });
});

describe('a client double that sends at the call', () => {
  it('is granted no more than burst + rate in a second behind a slow store', async () => {
    const store = new ScriptedStore(new Disk());
    store.latencyMs = 3_000;
    const { service, send } = startTracker({ store, rateLimit: { maxConcurrent: 20 } });
    service.answer('send', replies.noNetwork());
    for (let i = 0; i < 30; i += 1) send();
    await pass(20 * SECOND);
    service.heal('send');
    await pass(2 * MINUTE);
    expect(service.created.size).toBe(30);
    expect(mostInASecond(service.times())).toBeLessThanOrEqual(10);
  });
});
