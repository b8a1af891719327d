import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';

import { BOB, replies, type Reply } from '../support/scripted-service.ts';
import { gaps, HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

const of = (story: string[]): string[] => story.filter((line) => line === 'suspended' || line === 'resumed');

describe('expired credentials', () => {
  it('for five seconds emit suspended once, resumed once, and every delivery ends with the true outcome', async () => {
    const { send, track, service, story, tracker } = startTracker();
    service.answer('status', replies.expiredToken());
    service.answer('send', replies.expiredToken());
    service.answer('list', replies.expiredToken());
    const deliveries = [track('a'), track('b'), track('c'), send(), send()];
    await pass(5 * SECOND);
    expect(of(story)).toEqual(['suspended']);
    expect(tracker.stats).toMatchObject({ suspended: true, pending: 5 });
    expect(deliveries.map(({ state }) => state.status)).toEqual([
      'PENDING',
      'PENDING',
      'PENDING',
      'SENDING',
      'SENDING',
    ]);
    service.heal('status');
    service.heal('send');
    service.heal('list');
    for (const id of ['a', 'b', 'm1']) service.settle(id, 'SENT');
    for (const id of ['c', 'm2']) service.settle(id, 'DENIED');
    await pass(2 * MINUTE);
    expect(of(story)).toEqual(['suspended', 'resumed']);
    // Either of the two sends may have been the probe that got through, and so m1.
    const ends = deliveries.map(({ state }) => `${state.messageId} ${state.status}`);
    expect(ends.toSorted()).toEqual(['a SENT', 'b SENT', 'c DENIED', 'm1 SENT', 'm2 DENIED']);
    expect(tracker.stats.suspended).toBe(false);
    expect(service.created.size).toBe(2);
  });

  it('for an hour are probed ever more rarely, one request at a time, and no outcome is invented', async () => {
    const { track, service, story } = startTracker();
    service.answer('status', replies.expiredToken());
    for (let i = 0; i < 50; i += 1) track(`m${i}`);
    await pass(10 * SECOND);
    const first = service.count();
    await pass(HOUR);
    expect(service.count() - first).toBeLessThan(40);
    const between = gaps(service.times().slice(5));
    expect(Math.min(...between)).toBeGreaterThan(400);
    expect(between.at(-1)).toBeGreaterThan(MINUTE);
    expect(of(story)).toEqual(['suspended']);
    expect(story.filter((line) => line.startsWith('settled'))).toEqual([]);
    service.heal('status');
    for (let i = 0; i < 50; i += 1) service.settle(`m${i}`, 'SENT');
    await pass(30 * MINUTE);
    expect(of(story)).toEqual(['suspended', 'resumed']);
    expect(story.filter((line) => line.startsWith('settled SENT'))).toHaveLength(50);
  });

  const signs: [string, Reply][] = [
    ['ExpiredTokenException 403', replies.expiredToken()],
    ['UnrecognizedClientException 403', replies.refusal(403, 'UnrecognizedClientException')],
    ['InvalidSignatureException 403', replies.refusal(403, 'InvalidSignatureException')],
    ['UnauthorizedClientException 401', replies.refusal(401, 'UnauthorizedClientException')],
    ['any other 401', replies.refusal(401, 'SomethingElse')],
    ['a clock that stays off', replies.refusal(403, 'RequestTimeTooSkewed')],
    [
      'a provider that has none',
      { error: Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }) },
    ],
  ];
  it.each(signs)('are probed at %s', async (_name, reply) => {
    const { track, service, story } = startTracker();
    service.answer('status', reply);
    service.answer('message', reply);
    const delivery = track('m1');
    await pass(10 * MINUTE);
    expect(of(story)).toEqual(['suspended']);
    expect(delivery.state.status).toBe('PENDING');
    service.heal('status');
    service.heal('message');
    service.settle('m1', 'SENT');
    await pass(10 * MINUTE);
    expect(of(story)).toEqual(['suspended', 'resumed']);
    expect(delivery.state.status).toBe('SENT');
  });

  it('do not hold back push', async () => {
    const { track, service, push } = startTracker({ socket: 'down' });
    service.answer('status', replies.expiredToken());
    const delivery = track('m1');
    await pass(MINUTE);
    push.tells('m1', 'DENIED');
    expect(delivery.state).toMatchObject({ status: 'DENIED', evidence: 'websocket' });
  });

  it('prove nothing in the confirmation either', async () => {
    const { track, service, story } = startTracker();
    service.answer('status', replies.body({}));
    service.answer('message', replies.expiredToken());
    const delivery = track('m1');
    await pass(HOUR);
    expect([delivery.state.status, of(story)]).toEqual(['PENDING', ['suspended']]);
    service.heal('message');
    service.settle('m1', 'SENT');
    await pass(HOUR);
    expect(delivery.state.status).toBe('SENT');
  });

  it('that work again at once after a clock correction are no suspension', async () => {
    const { track, service, story } = startTracker();
    service.answer('status', replies.refusal(403, 'RequestTimeTooSkewed'), replies.says('SENT'));
    const delivery = track('m1');
    await pass(SECOND);
    expect(delivery.state.status).toBe('SENT');
    expect(of(story)).toEqual([]);
  });
});

describe('a wake signal while suspended', () => {
  const signs: [string, (kit: ReturnType<typeof startTracker>, wake$: Subject<unknown>) => unknown][] = [
    ['wake$', (_kit, wake$) => wake$.next(undefined)],
    ['a reconnect', ({ push }) => push.up()],
    ['a reconcile', ({ tracker }) => void tracker.reconcile()],
    ['a new send', ({ send }) => send()],
  ];
  it.each(signs)('brings the next probe forward: %s', async (_name, give) => {
    const wake$ = new Subject<unknown>();
    const kit = startTracker({ socket: 'down', wake$ });
    const { track, service, story } = kit;
    service.answer('status', replies.expiredToken());
    const delivery = track('m1');
    await pass(HOUR);
    service.heal('status');
    service.settle('m1', 'SENT');
    const before = service.count();
    give(kit, wake$);
    await pass(2 * SECOND);
    expect(service.count()).toBeGreaterThan(before);
    expect([delivery.state.status, ...of(story)]).toEqual(['SENT', 'suspended', 'resumed']);
  });

  it('in a storm causes no storm of probes', async () => {
    const wake$ = new Subject<unknown>();
    const { track, service } = startTracker({ wake$ });
    service.answer('status', replies.expiredToken());
    track('m1');
    await pass(MINUTE);
    const before = service.count();
    for (let i = 0; i < 100; i += 1) {
      wake$.next(i);
      await pass(100);
    }
    expect(service.count() - before).toBeLessThanOrEqual(11);
  });
});

describe('one bearer with refused credentials', () => {
  it('stops no other, and is reported once', async () => {
    const { track, service, story, tracker } = startTracker({ socket: 'down' });
    service.answer('status', (call) => (call.bearer === BOB ? replies.expiredToken() : replies.says('SENT')));
    track('b1', { chimeBearer: BOB });
    await pass(2 * SECOND);
    for (let i = 0; i < 10; i += 1) track(`a${i}`);
    await pass(10 * SECOND);
    expect(tracker.stats).toMatchObject({ suspended: true, pending: 1, settled: { SENT: 10 } });
    expect(of(story)).toEqual(['suspended']);
  });
});
