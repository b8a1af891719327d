// Responses of a gateway in front of the service, through the real SDK. The SDK uses a body's code as the exception's
// name. None of them may end a delivery or say anything about the credentials.

import { describe, expect, it } from '@jest/globals';

import { json, mark, sdkKit, type WireAnswer, type WireRequest } from '../support/sdk-client.ts';
import { MINUTE, pass, startTracker } from '../support/tracker-kit.ts';

const none: Readonly<Record<string, string>> = {};
const names = [
  'ResourceNotFound',
  'ResourceNotFoundException',
  'NotFound',
  'NotFoundError',
  'NotFoundException',
  'Forbidden',
  'ForbiddenException',
  'AccessDeniedException',
  'BadRequest',
  'BadRequestException',
  'ValidationError',
  'ConflictException',
  'ExpiredTokenException',
  'NotAuthorized',
  'UnauthorizedClientException',
  'RequestTimeTooSkewed',
  'PayloadTooLargeException',
  'Unknown',
];
const gateways: [string, (status: number, name: string) => WireAnswer][] = [
  ['a code', (status, code) => json(status, { code, message: 'no route' }, none)],
  ['a capitalized Code', (status, Code) => json(status, { Code, Message: 'no route' }, none)],
  ['a code, and its own headers', (status, code) => json(status, { code }, { server: 'nginx', 'x-request-id': '1' })],
  ['an __type that is no error of the service', (status, code) => json(status, { code, __type: 'Problem' }, none)],
  ['text/html', (status, name) => ({ status, headers: { 'content-type': 'text/html' }, body: `<h1>${name}</h1>` })],
  ['nothing', (status) => ({ status })],
];
const statuses = [400, 401, 403, 404, 409, 410, 422];

function isSend({ method }: WireRequest): boolean {
  return method === 'POST';
}

describe.each(gateways)('a gateway that answers with %s', (_name, answer) => {
  it('ends no delivery, proves nothing about permission or credentials, and the true outcome follows', async () => {
    let nth = 0;
    let isBehind = false;
    const kit = sdkKit((request) => {
      if (isBehind)
        return isSend(request) ? json(201, { MessageId: 'late' }) : json(200, { Status: { Value: 'SENT' } });
      nth += 1;
      return answer(statuses[nth % statuses.length] ?? 404, names[nth % names.length] ?? '');
    });
    const { tracker, track, send, story } = startTracker({
      client: kit.client,
      send: { resendWindowMs: 60 * MINUTE, expireMs: 60 * MINUTE },
    });
    const deliveries = [track('m1'), track('m2'), send()];
    await pass(30 * MINUTE);
    expect(nth).toBeGreaterThan(names.length * 2);
    expect(deliveries.map(({ state }) => state.status)).toEqual(['PENDING', 'PENDING', 'SENDING']);
    expect(story.filter((line) => /suspended|error|settled/.test(line))).toEqual([]);
    isBehind = true;
    await pass(20 * MINUTE);
    expect(deliveries.map(({ state }) => state.status)).toEqual(['SENT', 'SENT', 'SENT']);
    expect(tracker.stats.pending).toBe(0);
  });
});

describe('a 404 of the service', () => {
  const marks: [string, WireAnswer][] = [
    ['its request id', json(404, { Code: 'NotFound', Message: 'none' }, mark)],
    ['its error-type header', json(404, { Code: 'NotFound' }, { 'x-amzn-errortype': 'NotFoundException' })],
    [
      'its error-type header with an address',
      json(404, {}, { 'x-amzn-errortype': 'NotFoundException:http://internal.amazon.com/coral/' }),
    ],
    ['a body’s __type', json(404, { __type: 'NotFoundException', Message: 'none' }, none)],
    [
      'a body’s __type beside a code',
      json(404, { __type: 'com.amazonaws.chime#NotFoundException', Code: 'NotFound' }, none),
    ],
  ];
  it.each(marks)('counts if it has %s', async (_name, answer) => {
    const kit = sdkKit(() => answer);
    const { track } = startTracker({ client: kit.client });
    const delivery = track('m1');
    await pass(5 * MINUTE);
    expect(delivery.state.status).toBe('DENIED');
  });
});

describe('while the credentials are bad', () => {
  it.each<[string, WireAnswer]>([
    ['a gateway’s 429', json(429, { code: 'TooManyRequests' }, none)],
    ['a gateway’s 404', json(404, { code: 'NotFoundException' }, none)],
    ['an empty 200', { status: 200 }],
  ])('%s does not show that they work again', async (_name, answer) => {
    let isExpired = true;
    const kit = sdkKit(() => {
      if (isExpired) return json(403, { message: 'expired' }, { ...mark, 'x-amzn-errortype': 'ExpiredTokenException' });
      return answer;
    });
    const { track, story } = startTracker({ client: kit.client });
    track('m1');
    await pass(1_000);
    isExpired = false;
    await pass(MINUTE);
    expect(story.filter((line) => /suspended|resumed/.test(line))).toEqual(['suspended']);
  });
});
