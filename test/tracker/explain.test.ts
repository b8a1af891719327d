// `explain` and `trace$`: why a delivery is where it is, and what the tracker does.
import { describe, expect, it } from '@jest/globals';
import { createDeliveryTracker, type TraceFact } from 'chime-delivery';

import { ALICE, replies } from '../support/scripted-service.ts';
import { HOUR, MINUTE, pass, SECOND, startTracker } from '../support/tracker-kit.ts';

describe('explain', () => {
  it('is undefined for what is not tracked', () => {
    expect(startTracker().tracker.explain('m1')).toBeUndefined();
  });

  it('tells of a send what it waits for', async () => {
    const { tracker, service, send } = startTracker();
    service.answer('send', replies.hangs());
    const { id } = send();
    await pass(SECOND);
    expect(tracker.explain(id)).toMatchObject({
      id,
      next: { why: 'response' },
      sentence: expect.stringContaining('a request is under way'),
    });
    service.answer('send', replies.reset());
    await pass(2 * MINUTE);
    expect(tracker.explain(id)).toMatchObject({
      state: { status: 'SENDING' },
      next: { why: 'attempt', at: expect.any(Number) },
      sentence: expect.stringMatching(
        /^The service has not answered to the message yet: it is sent again (in [\d.]+ s|now)\.$/,
      ),
    });
  });

  it('tells of a pending message when it is polled next, with the link and the evidence', async () => {
    const { tracker, push, send } = startTracker({ socket: 'up' });
    const { id } = send();
    await pass(SECOND);
    const up = tracker.explain(id);
    expect(up).toMatchObject({
      link: 'up',
      next: { why: 'push' },
      lastEvidence: { kind: 'accepted' },
      suspended: false,
    });
    expect(up?.next?.at).toBeGreaterThan(Date.now() + 10 * SECOND);
    expect(up?.sentence).toMatch(
      /^The service has the message, and the channel flow has not decided: the websocket is up and will tell, and a poll makes sure in \d+(\.\d)? s\.$/,
    );
    push.down();
    await pass(HOUR);
    const down = tracker.explain(id);
    expect(down).toMatchObject({
      link: 'down',
      next: { why: 'poll' },
      lastEvidence: { kind: 'status', source: expect.any(String) },
    });
    const due = (down?.next?.at ?? 0) - Date.now();
    const before = tracker.stats.polls;
    await pass(due + SECOND);
    expect(tracker.stats.polls).toBe(before + 1);
  });

  it('tells of a miss that it is confirmed', async () => {
    const { tracker, service, track } = startTracker();
    track('m1');
    service.settle('m1', 'DENIED');
    await pass(SECOND);
    expect(tracker.explain('m1')).toMatchObject({ next: { why: 'confirmation' }, lastEvidence: { kind: 'missing' } });
  });

  it('tells of a pause and of a suspension', async () => {
    const { tracker, service, track } = startTracker();
    track('m1');
    service.answer('status', replies.throttled('30'));
    await pass(2 * SECOND);
    const paused = tracker.explain('m1');
    expect(paused?.budget.pausedForMs).toBeGreaterThan(20 * SECOND);
    expect(paused?.sentence).toContain('a 429 pauses requests');
    service.answer('status', replies.expiredToken());
    await pass(40 * SECOND);
    expect(tracker.explain('m1')).toMatchObject({
      suspended: true,
      sentence: expect.stringContaining('no request leaves until the credentials work again'),
    });
  });

  it.each([
    ['SENT', 'The message was delivered: the websocket said so.'],
    ['FAILED', 'The message was not delivered, since the channel flow failed: the websocket said so.'],
    ['DENIED', 'The channel flow denied the message: the websocket said so.'],
  ] as const)('tells how it was learnt that a message is %s', async (status, sentence) => {
    const { tracker, push, track } = startTracker({ socket: 'up' });
    track('m1');
    push.tells('m1', status);
    expect(tracker.explain('m1')).toMatchObject({ sentence, next: undefined });
  });
});

describe('trace$', () => {
  it('tells of attempts, answers, evidence, transitions, permits, link and budget', async () => {
    const { tracker, service, push, send } = startTracker({ socket: 'down' });
    const facts: TraceFact[] = [];
    tracker.trace$.subscribe((fact) => facts.push(fact));
    const { id } = send();
    push.up();
    await pass(SECOND);
    push.down();
    service.answer('status', replies.throttled(), (call) => service.tellStatus(call));
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    const kinds = new Set(facts.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['attempt', 'answer', 'evidence', 'transition', 'permit', 'link', 'budget']));
    expect(
      facts.filter((fact) => fact.kind === 'transition').map(({ from, to, delivery }) => [from, to, delivery]),
    ).toEqual([
      [undefined, 'SENDING', id],
      ['SENDING', 'PENDING', id],
      ['PENDING', 'SENT', id],
    ]);
    expect(facts.find((fact) => fact.kind === 'attempt')).toMatchObject({
      request: 'send',
      chimeBearer: ALICE,
      deliveries: [id],
    });
    expect(facts.filter((fact) => fact.kind === 'answer').map(({ request, result }) => `${request} ${result}`)).toEqual(
      ['send ok', 'status throttled', 'status ok'],
    );
    expect(facts.filter((fact) => fact.kind === 'attempt')).toHaveLength(service.count());
  });

  it('lets a subscriber do anything: what it calls finds the tracker whole', async () => {
    const { tracker, send, service } = startTracker();
    tracker.trace$.subscribe((fact) => {
      if (fact.kind === 'attempt') void tracker.close();
    });
    send();
    await pass(SECOND);
    expect(() => tracker.send({} as never)).toThrow(expect.objectContaining({ code: 'TRACKER_CLOSED' }));
    expect(service.underWay).toBe(0);
  });

  it('completes on close', async () => {
    const { tracker } = startTracker();
    let completed = false;
    tracker.trace$.subscribe({ complete: () => (completed = true) });
    await tracker.close();
    await pass(1);
    expect(completed).toBe(true);
  });

  it('is written to the logger: a line for each decision, at debug, without a stack', async () => {
    const lines: unknown[][] = [];
    const log = (...line: unknown[]): void => void lines.push(line);
    const { service, push } = startTracker();
    const tracker = createDeliveryTracker({
      client: service.client,
      chimeBearer: ALICE,
      logger: { debug: log, info: log, warn: log, error: log },
    });
    tracker.attach(push);
    push.up();
    tracker.track({
      channelArn: 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general',
      messageId: 'm1',
    });
    push.tells('m1', 'DENIED');
    await pass(10);
    await tracker.close();
    expect(lines).toEqual([
      [`chime-delivery: websocket of ${ALICE}: up`],
      ['chime-delivery: m1: new -> PENDING'],
      ['chime-delivery: m1: PENDING -> DENIED (websocket)'],
    ]);
  });
});
