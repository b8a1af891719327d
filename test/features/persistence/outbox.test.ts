import { afterEach, describe, expect, it } from '@jest/globals';
import { SendExpiredError } from 'chime-delivery';

import { lives, type Life } from '../../support/restart-kit.ts';
import { BOB, CHANNEL, replies, type Call, type Reply } from '../../support/scripted-service.ts';
import { flush, HOUR, MINUTE, pass, SECOND, standing, startTracker } from '../../support/tracker-kit.ts';

const general = CHANNEL;
const random = CHANNEL.replace('general', 'random');
const contents = (calls: readonly Call[]): unknown[] => calls.map(({ input }) => input['Content']);
const refused: Reply = {
  error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
};

/** Sends these as a process that is killed before any has a response. */
async function sentAndKilled({ start, service }: ReturnType<typeof lives>, ...sends: [string, object?][]) {
  service.answer('send', replies.hangs());
  const life = await start({ rateLimit: { requestsPerSecond: 50, maxConcurrent: 50 } });
  const deliveries = [];
  for (const [Content, more] of sends) {
    deliveries.push(life.send({ Content, ...more }));
    await pass(1);
  }
  await pass(50);
  life.kill();
  service.calls.length = 0;
  service.heal('send');
  return deliveries;
}

describe('a message that is about to leave', () => {
  it('is in the store', async () => {
    const { start, service, disk } = lives();
    const { send, store } = await start();
    store.latencyMs = 300;
    const { id } = send();
    await pass(290);
    expect([service.count('send'), disk.names]).toEqual([0, []]);
    await pass(20);
    expect([service.count('send'), disk.names]).toEqual([1, [`send-${id}`]]);
  });

  it('waits until the sends of an earlier session are known and have gone first', async () => {
    const world = lives();
    await sentAndKilled(world, ['old']);
    const { send } = world.boot({}, (store) => (store.latencyMs = 200));
    send({ Content: 'new' });
    await pass(2 * SECOND);
    expect(contents(world.service.requests('send'))).toEqual(['old', 'new']);
  });

  it('starts after the earlier sends of its channel, however long each write takes', async () => {
    const { start, service } = lives();
    const { send, store, tracker } = await start();
    store.latencyMs = 900;
    send({ Content: 'a' });
    const forgotten = send({ Content: 'b' });
    store.latencyMs = 300;
    send({ Content: 'c' });
    store.latencyMs = 0;
    send({ Content: 'd', ChannelArn: random });
    await pass(800);
    expect(contents(service.requests('send'))).toEqual(['d']);
    tracker.forget(forgotten.id);
    await pass(SECOND);
    expect(contents(service.requests('send'))).toEqual(['d', 'a', 'c']);
  });

  it('waits for no send that was cancelled before it was written', async () => {
    const { start, service } = lives();
    const { send, store, tracker } = await start();
    store.latencyMs = 4 * SECOND;
    const { id } = send({ Content: 'a' });
    store.latencyMs = 0;
    send({ Content: 'b' });
    tracker.forget(id);
    await pass(50);
    expect(contents(service.requests('send'))).toEqual(['b']);
    await pass(5 * SECOND);
  });

  it('is erased when it is cancelled', async () => {
    const { start, service, disk } = lives();
    const { tracker, store } = await start();
    store.latencyMs = 300;
    const off = new AbortController();
    const input = { ChannelArn: general, Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    const delivery = tracker.send(input, { signal: off.signal });
    await pass(100);
    off.abort(new Error('never mind'));
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected', error: { message: 'never mind' } });
    expect([service.count(), disk.names]).toEqual([0, []]);
  });

  it('is erased when it is forgotten', async () => {
    const { start, service, disk } = lives();
    const { tracker, send, store } = await start();
    store.latencyMs = 300;
    tracker.forget(send().id);
    await pass(MINUTE);
    expect([service.count(), disk.names]).toEqual([0, []]);
  });
});

describe('a send that was never answered', () => {
  it('is sent again with the same token and the same content, and there is one message', async () => {
    const world = lives();
    const [delivery] = await sentAndKilled(world, ['hello', { Metadata: 'meta', SubChannelId: 'sub-1' }]);
    const { tracker } = await world.start();
    await pass(100);
    expect(tracker.get(delivery?.id ?? '')).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(world.service.requests('send')).toMatchObject([
      { token: delivery?.id, input: { Content: 'hello', Metadata: 'meta', SubChannelId: 'sub-1' } },
    ]);
  });

  it('is sent as its own bearer', async () => {
    const world = lives();
    await sentAndKilled(world, ['hello', { ChimeBearer: BOB }]);
    await world.start();
    await pass(100);
    expect(world.service.requests('send')).toMatchObject([{ bearer: BOB }]);
  });

  it('ends UNKNOWN indeterminate without another request once it is as old as the window', async () => {
    const world = lives();
    const [delivery] = await sentAndKilled(world, ['old']);
    await pass(10 * MINUTE);
    const { tracker, story } = await world.start();
    expect(tracker.get(delivery?.id ?? '')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(story.slice(-1)).toEqual(['settled UNKNOWN no id']);
    await pass(MINUTE);
    expect([world.service.count(), world.disk.names]).toEqual([0, []]);
  });

  it('is given up when the window closes, counted from its first session', async () => {
    const world = lives();
    const [delivery] = await sentAndKilled(world, ['hello']);
    world.service.answer('send', replies.reset());
    await pass(9 * MINUTE);
    const { tracker } = await world.start();
    await pass(58 * SECOND);
    expect(tracker.get(delivery?.id ?? '')?.status).toBe('SENDING');
    await pass(2 * SECOND);
    expect(tracker.get(delivery?.id ?? '')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('is UNKNOWN, not FAILED, when it is refused now: an earlier session may have delivered it', async () => {
    const world = lives();
    const [delivery] = await sentAndKilled(world, ['hello']);
    world.service.answer('send', replies.forbidden());
    const { tracker } = await world.start();
    await pass(SECOND);
    expect(tracker.get(delivery?.id ?? '')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('survives three sessions, and is still one message', async () => {
    const world = lives();
    await sentAndKilled(world, ['hello']);
    world.service.answer('send', (call) => ({ ...world.service.acceptSend(call), hangs: true }));
    for (let i = 0; i < 3; i += 1) {
      const life = await world.start();
      await pass(SECOND);
      life.kill();
    }
    world.service.heal('send');
    const { tracker } = await world.start();
    await pass(SECOND);
    expect(tracker.get('m1')?.status).toBe('PENDING');
    expect(world.service.created.size).toBe(1);
  });
});

describe('several unanswered sends', () => {
  it('leave in the order of creation, one at a time in a channel, with channels in parallel', async () => {
    const world = lives();
    const sends = ['a', 'b', 'c', 'd'].flatMap((name): [string, object][] => [
      [`${name} general`, { ChannelArn: general }],
      [`${name} random`, { ChannelArn: random }],
    ]);
    await sentAndKilled(world, ...sends);
    world.service.latencyMs = 100;
    let most = 0;
    world.service.answer('send', (call) => {
      most = Math.max(most, world.service.requests('send').filter(({ endError }) => endError === undefined).length);
      return world.service.acceptSend(call);
    });
    await world.start({ rateLimit: { requestsPerSecond: 50 } });
    await pass(5 * SECOND);
    for (const channel of ['general', 'random']) {
      const own = contents(world.service.requests('send')).filter((content) => String(content).endsWith(channel));
      expect(own).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name} ${channel}`));
    }
    expect(most).toBe(2);
  });

  it('leave in that order even if they were created in one millisecond and the store lists them otherwise', async () => {
    const world = lives();
    world.service.answer('send', replies.hangs());
    const first = await world.start();
    for (const Content of ['a', 'b', 'c', 'd']) first.send({ Content });
    await pass(50);
    first.kill();
    world.service.calls.length = 0;
    world.service.heal('send');
    const items = [...world.disk.items].toReversed();
    world.disk.items.clear();
    for (const [key, value] of items) world.disk.items.set(key, value);
    await world.start();
    await pass(SECOND);
    expect(contents(world.service.requests('send'))).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each<[string, Reply, object]>([
    ['is refused for its content', replies.badRequest(), { FAILED: 1, UNKNOWN: 0 }],
    ['is refused', replies.refusal(409, 'ConflictException'), { FAILED: 0, UNKNOWN: 1 }],
    ['gets nothing but 500s', replies.serverError(), { FAILED: 0, UNKNOWN: 1 }],
    ['never gets an answer', replies.hangs(), { FAILED: 0, UNKNOWN: 1 }],
  ])('leave even if one %s', async (_name, reply, ends) => {
    const world = lives();
    await sentAndKilled(world, ['bad'], ['good 1'], ['good 2']);
    world.service.answer('send', (call) => (call.input['Content'] === 'bad' ? reply : world.service.acceptSend(call)));
    const { tracker } = await world.start();
    await pass(11 * SECOND);
    expect(world.service.created.size).toBe(2);
    const sent = contents(world.service.requests('send')).filter((content) => content !== 'bad');
    expect(sent).toEqual(['good 1', 'good 2']);
    await pass(20 * MINUTE);
    expect(tracker.stats.settled).toMatchObject(ends);
  });

  it('leave even if one is forgotten while the others wait for it', async () => {
    const world = lives();
    const [first] = await sentAndKilled(world, ['first'], ['second']);
    world.service.answer('send', replies.hangs(), (call) => world.service.acceptSend(call));
    const { tracker } = await world.start();
    tracker.forget(first?.id ?? '');
    await pass(SECOND);
    expect(contents(world.service.requests('send'))).toEqual(['first', 'second']);
  });

  it('leave before a new send to the same channel', async () => {
    const world = lives();
    await sentAndKilled(world, ['old 1'], ['old 2'], ['old 3']);
    const { send } = await world.start();
    send({ Content: 'new' });
    send({ Content: 'elsewhere', ChannelArn: random });
    await pass(5 * SECOND);
    const sent = contents(world.service.requests('send'));
    expect(sent.filter((content) => content !== 'elsewhere')).toEqual(['old 1', 'old 2', 'old 3', 'new']);
    expect(sent.indexOf('elsewhere')).toBeLessThan(3);
  });

  it('stay within the budget', async () => {
    const world = lives();
    const names = Array.from({ length: 30 }, (_, i): [string, object] => [`${i}`, { ChannelArn: `${general}${i}` }]);
    await sentAndKilled(world, ...names);
    await world.start();
    await pass(SECOND - 100);
    expect(world.service.count('send')).toBeLessThanOrEqual(10);
    await pass(10 * SECOND);
    expect(world.service.created.size).toBe(30);
  });
});

describe('a store without message content', () => {
  const options = { send: { persistContent: false } };

  it('contains nothing of the input', async () => {
    const { start, disk } = lives();
    const { send } = await start(options);
    send({ Content: 'secret', Metadata: 'secret', SubChannelId: 'sub-1', MessageAttributes: { secret: {} } });
    await pass(10);
    expect(disk.names).toHaveLength(1);
    expect([...disk.items.values()].join()).not.toContain('secret');
  });

  it('ends an unanswered send as UNKNOWN after a restart, without another request', async () => {
    const { start, service, disk } = lives();
    service.answer('send', replies.hangs());
    const first = await start(options);
    const { id } = first.send();
    await pass(100);
    first.kill();
    const { tracker } = await start(options);
    expect(tracker.get(id)).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    await pass(MINUTE);
    expect([service.count('send'), disk.names]).toEqual([1, []]);
  });

  it('restores an accepted message all the same', async () => {
    const { start } = lives();
    const first = await start(options);
    const { id } = first.send();
    await pass(100);
    first.kill();
    expect((await start(options)).tracker.get(id)).toMatchObject({ status: 'PENDING', messageId: 'm1' });
  });
});

describe('an unreachable network', () => {
  const global = globalThis as { navigator?: unknown };
  const before = Object.getOwnPropertyDescriptor(global, 'navigator');
  function online(onLine: boolean): void {
    Object.defineProperty(global, 'navigator', { value: { onLine }, configurable: true });
  }
  afterEach(() => {
    if (before === undefined) delete global.navigator;
    else Object.defineProperty(global, 'navigator', before);
  });

  it.each<[string, Reply]>([
    ['no connection is made', refused],
    [
      'no address of the host answers',
      { error: Object.assign(new AggregateError([refused.error, refused.error]), { code: 'ECONNREFUSED' }) },
    ],
    ['the name is not found', { error: Object.assign(new Error('ENOTFOUND'), { syscall: 'getaddrinfo' }) }],
    ['fetch reports the cause', { error: new TypeError('fetch failed', { cause: refused.error }) }],
    ['the credentials are refused', replies.expiredToken()],
  ])('because %s keeps a send waiting for hours, and it leaves in the end', async (_name, reply) => {
    const { send, service } = startTracker();
    service.answer('send', reply);
    const delivery = send();
    await pass(5 * HOUR);
    expect(delivery.state.status).toBe('SENDING');
    service.heal('send');
    await pass(10 * MINUTE);
    expect(delivery.state).toMatchObject({ status: 'PENDING', messageId: 'm1' });
  });

  it('may lose a response, as the browser reports it, so the window of that send counts from then', async () => {
    const { send, service } = startTracker({ send: { resendWindowMs: MINUTE } });
    online(false);
    service.answer('send', (call) => ({ ...service.acceptSend(call), output: undefined, ...replies.noNetwork() }));
    const delivery = send();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    const tries = service.count('send');
    await pass(25 * HOUR);
    expect([service.created.size, service.count('send')]).toEqual([1, tries]);
  });

  it('does not change the order of sends in a channel, which leave when the network returns', async () => {
    const { tracker, send, service } = startTracker({ rateLimit: { requestsPerSecond: 50 } });
    service.answer('send', refused);
    for (const Content of ['a', 'b', 'c', 'd', 'e']) {
      send({ Content });
      await pass(700);
    }
    await pass(20 * MINUTE);
    service.heal('send');
    service.calls.length = 0;
    void tracker.reconcile();
    await pass(200);
    expect(contents(service.requests('send'))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('ends a send that is too old by then as FAILED, with the reason that it never left', async () => {
    const { send, service, tracker } = startTracker({ send: { expireMs: HOUR } });
    service.answer('send', refused);
    const delivery = send();
    await pass(HOUR);
    expect(delivery.state).toMatchObject({ status: 'FAILED', evidence: 'rejected' });
    expect(delivery.state).toHaveProperty('error', expect.any(SendExpiredError));
    expect(delivery.state).toMatchObject({ error: { code: 'SEND_EXPIRED', expireMs: HOUR, cause: refused.error } });
    service.heal('send');
    service.calls.length = 0;
    await pass(HOUR);
    expect([service.count(), tracker.stats.pending]).toEqual([0, 0]);
  });

  it('ends a send that may have left as UNKNOWN, not FAILED, when it expires', async () => {
    const { send, service } = startTracker({ send: { expireMs: MINUTE } });
    service.answer('send', replies.reset(), refused);
    const delivery = send();
    await pass(MINUTE);
    expect(delivery.state).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('lets a send outlive its process as long, and it leaves then', async () => {
    const { start, service, disk } = lives();
    service.answer('send', refused);
    const first = await start();
    const { id } = first.send();
    await pass(MINUTE);
    expect(disk.names).toEqual([`held-${id}`, `send-${id}`]);
    first.kill();
    await pass(5 * HOUR);
    service.heal('send');
    const { tracker } = await start();
    await pass(SECOND);
    expect(tracker.get(id)).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect(disk.names).toEqual([`sent-${id}`]);
  });

  it('lets a send that waits for credentials outlive its process as long, too', async () => {
    const { start, service } = lives();
    service.answer('send', replies.expiredToken());
    const first = await start();
    const { id } = first.send();
    await pass(MINUTE);
    first.kill();
    await pass(5 * HOUR);
    service.heal('send');
    const { tracker } = await start();
    await pass(SECOND);
    expect(tracker.get(id)).toMatchObject({ status: 'PENDING' });
  });

  it('ends a send that expired while no process ran as FAILED', async () => {
    const { start, service, disk } = lives();
    service.answer('send', refused);
    const first = await start();
    const { id } = first.send();
    await pass(MINUTE);
    first.kill();
    await pass(24 * HOUR);
    const { tracker } = await start();
    expect(tracker.get(id)).toMatchObject({ status: 'FAILED', error: { code: 'SEND_EXPIRED' } });
    await pass(SECOND);
    expect(disk.names).toEqual([]);
  });

  it('does not keep the unsent marker: it is removed before anything leaves', async () => {
    const { start, service, disk } = lives();
    service.answer('send', refused);
    const life: Life = await start();
    const { id } = life.send();
    await pass(MINUTE);
    const seen: string[][] = [];
    service.answer('send', () => {
      seen.push(disk.names);
      return replies.reset();
    });
    await pass(MINUTE);
    expect(seen.length).toBeGreaterThan(4);
    expect(new Set(seen.flat())).toEqual(new Set([`send-${id}`]));
    life.kill();
    await pass(10 * MINUTE);
    const { tracker } = await start();
    expect(tracker.get(id)).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });
});

describe('close', () => {
  it('leaves unanswered sends to the next session, and waits until they are written', async () => {
    const { start, service, disk } = lives();
    const first = await start();
    first.store.latencyMs = 300;
    const { id } = first.send();
    const closed = first.tracker.close();
    expect(await standing(closed)).toBe('open');
    await pass(300);
    expect(await standing(closed)).toBeUndefined();
    // It had not left.
    expect(disk.names).toEqual([`held-${id}`, `send-${id}`]);
    const second = await start();
    await pass(SECOND);
    expect(second.tracker.get(id)?.status).toBe('PENDING');
    expect(service.count('send')).toBe(1);
  });

  it('keeps a token of the app, too, even if the store was not read yet', async () => {
    const { boot, disk } = lives();
    const { tracker, send } = boot();
    send({ ClientRequestToken: 'token-1' });
    await tracker.close();
    await flush();
    expect(disk.names).toEqual(['send-token-1']);
  });
});
