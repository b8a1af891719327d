// The app has to fix what keeps a request from leaving: it is reported within five seconds, ends nothing, and
// everything resumes when it is fixed. With the real SDK client.

import { describe, expect, it } from '@jest/globals';
import { isChimeDeliveryError, type DeliveryTrackerOptions } from 'chime-delivery';

import { ALICE } from '../support/scripted-service.ts';
import { healthy, json, keys, sdkKit, type WireAnswer } from '../support/sdk-client.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker, type TrackerKit } from '../support/tracker-kit.ts';

interface Told {
  readonly suspensions: unknown[];
  readonly errors: Error[];
}

function start(options: Partial<DeliveryTrackerOptions>): TrackerKit & Told {
  const kit = startTracker(options);
  const told: Told = { suspensions: [], errors: [] };
  kit.tracker.on('suspended', (error) => told.suspensions.push(error));
  kit.tracker.on('error', (error) => told.errors.push(error));
  return { ...kit, ...told };
}

/** A promise that is settled from outside. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve = (_value: T): void => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

describe('a credentials provider', () => {
  it.each<[string, () => Promise<never>]>([
    ['throws a plain Error', () => Promise.reject(new Error('no token in the cookie'))],
    ['throws a network error', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['throws what looks like a throttle', () => Promise.reject(Object.assign(new Error('-'), { name: 'Throttling' }))],
    ['throws something other than an error', () => Promise.reject(undefined)],
  ])('that %s suspends the tracker, and is retried until it works', async (_name, fails) => {
    let isMended = false;
    const { client, requests } = sdkKit(healthy, {
      credentials: () => (isMended ? Promise.resolve(keys) : fails()),
    });
    const { tracker, send, track, suspensions, errors, story } = start({ client });
    const deliveries = [send(), track('m0')];
    await pass(SECOND);
    expect([suspensions.length, errors.length, requests.length]).toEqual([1, 0, 0]);
    await pass(10 * MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(['SENDING', 'PENDING']);
    expect([suspensions.length, requests.length, tracker.stats.suspended]).toEqual([1, 0, true]);
    expect(tracker.stats.requests).toEqual({ send: 0, status: 0, message: 0, list: 0 });
    isMended = true;
    await pass(20 * MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(['SENT', 'SENT']);
    expect(story.filter((line) => line === 'resumed')).toHaveLength(1);
  });

  it.each<[string, object | undefined]>([
    ['nothing', undefined],
    ['half of the keys', { accessKeyId: 'a' }],
  ])('that returns %s suspends the tracker', async (_name, given) => {
    const { client, requests } = sdkKit(healthy, { credentials: () => Promise.resolve(given as never) });
    const { send, suspensions, errors } = start({ client });
    const delivery = send();
    await pass(5 * MINUTE);
    expect([delivery.state.status, suspensions.length, errors.length, requests.length]).toEqual(['SENDING', 1, 0, 0]);
  });

  it('that hangs is reported within five seconds, and everything resumes when it responds', async () => {
    const credentials = later<typeof keys>();
    const { client, requests } = sdkKit(healthy, { credentials: () => credentials.promise });
    const { tracker, send, suspensions, errors, story } = start({ client });
    const deliveries = Array.from({ length: 12 }, () => send());
    await pass(4 * SECOND);
    expect(suspensions).toEqual([]);
    await pass(SECOND);
    expect(suspensions).toMatchObject([{ code: 'CREDENTIALS_TIMEOUT' }]);
    expect(suspensions.every(isChimeDeliveryError)).toBe(true);
    await pass(10 * MINUTE);
    expect([requests.length, suspensions.length, errors.length]).toEqual([0, 1, 0]);
    expect(deliveries.every(({ state }) => state.status === 'SENDING')).toBe(true);
    credentials.resolve(keys);
    await pass(10 * MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(deliveries.map(() => 'SENT'));
    // Each message has left once: a request that was abandoned while it hung does not leave later.
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(12);
    expect(story.filter((line) => line === 'resumed')).toHaveLength(1);
    expect(tracker.stats.suspended).toBe(false);
  });

  it('that takes four seconds is not reported', async () => {
    const credentials = (): Promise<typeof keys> =>
      new Promise((resolve) => setTimeout(() => resolve(keys), 4 * SECOND));
    const { client } = sdkKit(healthy, { credentials });
    const { send, suspensions, errors } = start({ client });
    const delivery = send();
    await pass(MINUTE);
    expect([delivery.state.status, suspensions.length, errors.length]).toEqual(['SENT', 0, 0]);
  });
});

describe('a client that cannot make a request', () => {
  const noRegion = (): Promise<string> => Promise.reject(new Error('Region is missing'));
  const cases: [string, Partial<DeliveryTrackerOptions>, RegExp][] = [
    ['that has no region', { client: sdkKit(healthy, { region: noRegion }).client }, /Region is missing/],
    ['whose region is no host name', { client: sdkKit(healthy, { region: 'us east 1' }).client }, /us east 1/],
    ['whose endpoint is no address', { client: sdkKit(healthy, { endpoint: 'nowhere' }).client }, /Invalid URL/],
    ['for a bearer beyond ASCII', { client: sdkKit().client, chimeBearer: `${ALICE}-日本` }, /x-amz-chime-bearer/],
    ['for a bearer with a NUL', { client: sdkKit().client, chimeBearer: `${ALICE}\0` }, /x-amz-chime-bearer/],
  ];
  it.each(cases)('%s is reported once, by an error, and the message stays', async (_name, options, message) => {
    const { send, track, tracker, errors, suspensions } = start(options);
    const deliveries = [send(), send(), track('m0', { chimeBearer: options.chimeBearer ?? ALICE })];
    await pass(SECOND);
    expect(errors).toMatchObject([{ code: 'CLIENT_UNUSABLE', chimeBearer: options.chimeBearer ?? ALICE }]);
    expect(errors[0]?.message).toMatch(message);
    await pass(10 * MINUTE);
    expect([errors.length, suspensions.length]).toEqual([1, 0]);
    expect(deliveries.map(({ state }) => state.status)).toEqual(['SENDING', 'SENDING', 'PENDING']);
    expect(tracker.stats.requests).toEqual({ send: 0, status: 0, message: 0, list: 0 });
  });

  it('is retried slowly, and everything resumes when it works', async () => {
    let region: () => Promise<string> = noRegion;
    let tries = 0;
    const { client, requests } = sdkKit(healthy, {
      region: () => {
        tries += 1;
        return region();
      },
    });
    const { send, errors } = start({ client });
    const delivery = send();
    await pass(HOUR);
    expect(errors).toHaveLength(1);
    expect([tries > 10, tries < 1_000]).toEqual([true, true]);
    region = () => Promise.resolve('us-east-1');
    await pass(MINUTE);
    expect([delivery.state.status, requests.length > 0]).toEqual(['SENT', true]);
  });

  it('because of the app’s own middleware is reported', async () => {
    const { client } = sdkKit();
    client.middlewareStack.add(() => () => Promise.reject(new Error('no tenant is chosen')), { step: 'initialize' });
    const { send, errors } = start({ client });
    send();
    await pass(SECOND);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('no tenant is chosen')]);
  });

  it('and hangs in the app’s own middleware is reported within five seconds', async () => {
    const { client } = sdkKit();
    client.middlewareStack.add(() => () => new Promise(() => undefined), { step: 'build', priority: 'low' });
    const { send, errors } = start({ client });
    send();
    await pass(5 * SECOND);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('4500 ms')]);
  });

  it('is reported for each bearer and each cause', async () => {
    let why = 'first';
    const { client } = sdkKit(healthy, { region: (): Promise<string> => Promise.reject(new Error(why)) });
    const { send, errors } = start({ client });
    send();
    send({ ChimeBearer: `${ALICE}2` });
    await pass(MINUTE);
    expect(errors).toHaveLength(2);
    why = 'second';
    await pass(5 * MINUTE);
    expect(errors).toHaveLength(4);
  });
});

describe('a response of the network', () => {
  it.each<[string, () => Promise<WireAnswer>]>([
    ['a lost network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a reset connection', () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))],
    ['a certificate of another host', () => Promise.reject(Object.assign(new Error('-'), { code: 'ERR_TLS_CERT' }))],
    ['a 503', () => Promise.resolve(json(503, {}))],
  ])('is not mistaken for a failure of the client: %s', async (_name, answer) => {
    const { client } = sdkKit(answer);
    const { send, errors, suspensions } = start({ client });
    send();
    await pass(10 * MINUTE);
    expect([errors, suspensions]).toEqual([[], []]);
  });
});
