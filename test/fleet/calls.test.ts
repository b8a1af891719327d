// What an app may ask of a fleet: edits, retries, repeated tokens, consumers that fail, and how it refuses bad input.
import { describe, expect, it } from '@jest/globals';
import type { Outcome } from 'chime-delivery/fleet';

import { startFleet, type FleetProcess } from '../support/fleet-kit.ts';
import { ALICE, CHANNEL, replies } from '../support/scripted-service.ts';
import { flush, MINUTE, pass, SECOND } from '../support/tracker-kit.ts';

const INPUT = { ChannelArn: CHANNEL, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;

/** Lets fake time pass until the promise has an end. */
async function within<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await flush();
  return promise;
}

async function sent(by: FleetProcess, more: object = {}): Promise<string> {
  const { id } = await within(by.call((fleet) => fleet.send(ALICE, { ...INPUT, ...more })));
  await pass(SECOND);
  return id;
}

describe.each([true, false])('a fleet with persistContent %s', (persistContent) => {
  it('edits a message: an edit is a delivery of its own', async () => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent } });
    kit.listen(one);
    kit.service.answer('update', replies.accepted('m9', 'SENT'));
    const edit = { ChannelArn: CHANNEL, MessageId: 'm9', Content: 'better' };
    const { id } = await within(one.call((fleet) => fleet.update(ALICE, edit)));
    await pass(SECOND);
    expect(kit.told).toMatchObject([{ id, operation: 'update', status: 'SENT', messageId: 'm9' }]);
    expect(kit.service.requests('update').map(({ input }) => input['Content'])).toEqual(['better']);
  });

  it('sends a token once in a channel', async () => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent } });
    const token = 'the-token';
    const ids = [await sent(one, { ClientRequestToken: token }), await sent(one, { ClientRequestToken: token })];
    expect(ids).toEqual([token, token]);
    expect(kit.service.count('send')).toBe(1);
  });

  it('sends a token again that the service has refused', async () => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent } });
    kit.listen(one);
    kit.service.answer('send', replies.badRequest(), replies.accepted('m1', 'SENT'));
    const token = 'the-token';
    const first = await sent(one, { ClientRequestToken: token });
    const second = await sent(one, { ClientRequestToken: token });
    expect(first).toBe(token);
    expect(second).not.toBe(token);
    expect(kit.told).toMatchObject([
      { id: first, status: 'FAILED', evidence: 'rejected', error: { name: 'BadRequestException' } },
      { id: second, status: 'SENT' },
    ]);
  });

  it('keeps the context of a send, and the order of the sends in a channel', async () => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent } });
    kit.listen(one);
    kit.service.answer('send', ({ input }) => replies.accepted(`m-${String(input['Content'])}`, 'SENT'));
    for (const n of [1, 2, 3, 4])
      await within(one.call((fleet) => fleet.send(ALICE, { ...INPUT, Content: String(n) }, { context: { n } })));
    await pass(5 * SECOND);
    expect(kit.service.requests('send').map(({ input }) => input['Content'])).toEqual(['1', '2', '3', '4']);
    expect(kit.told.map(({ context }) => context)).toEqual([1, 2, 3, 4].map((n) => ({ n })));
  });
});

describe('a retry', () => {
  it('sends a denied message again, with a new token', async () => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent: true } });
    kit.listen(one);
    kit.service.answer('send', replies.accepted('m1', 'DENIED'), replies.accepted('m2', 'SENT'));
    const id = await sent(one);
    const again = await within(one.call((fleet) => fleet.retry(ALICE, id)));
    await pass(SECOND);
    expect(kit.told).toMatchObject([
      { id, status: 'DENIED' },
      { id: again.id, status: 'SENT', retryOf: id },
    ]);
    const [first, second] = kit.service.requests('send');
    expect(second?.input['Content']).toBe('hello');
    expect(second?.token).not.toBe(first?.token);
  });

  it('needs the content, and an outcome that is no SENT', async () => {
    const kit = startFleet();
    const one = kit.start();
    kit.service.answer('send', replies.accepted('m1', 'DENIED'), replies.accepted('m2', 'SENT'));
    const denied = await sent(one);
    const delivered = await sent(one);
    const retry = (id: string): Promise<unknown> => within(one.call((fleet) => fleet.retry(ALICE, id)));
    await expect(retry(denied)).rejects.toMatchObject({ code: 'CONTENT_NOT_KEPT' });
    await expect(retry(delivered)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(retry('nothing')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a consumer of outcomes', () => {
  it('that fails gets the outcome again, ever later, and then it is a dead letter', async () => {
    const kit = startFleet();
    const one = kit.start();
    const attempts: number[] = [];
    const begun = Date.now();
    one.call((fleet) =>
      fleet.outcomes(
        'billing',
        (_outcome, { attempt }) => {
          attempts.push(attempt);
          throw new Error(`attempt ${attempt}, ${Date.now() - begun > 0}`);
        },
        { attempts: 4, backoffMs: 100 },
      ),
    );
    kit.service.answer('send', replies.accepted('m1', 'SENT'));
    const id = await sent(one);
    await pass(10 * SECOND);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(one.errors).toMatchObject([{ code: 'OUTCOME_CONSUMER', group: 'billing', id }]);
    const letters = await within(one.call((fleet) => fleet.deadLetters('billing')));
    expect(letters).toMatchObject([{ error: expect.stringContaining('attempt 4') }]);
    expect(await within(one.call((fleet) => fleet.replay('billing')))).toBe(1);
    await pass(10 * SECOND);
    expect(attempts).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it('that hangs counts as failed, and is told so by its signal', async () => {
    const kit = startFleet();
    const one = kit.start();
    const signals: AbortSignal[] = [];
    one.call((fleet) =>
      fleet.outcomes(
        'slow',
        (_outcome, { signal }) => {
          signals.push(signal);
          return signals.length > 1 ? undefined : new Promise(() => undefined);
        },
        { timeoutMs: 1_000 },
      ),
    );
    kit.service.answer('send', replies.accepted('m1', 'SENT'));
    await sent(one);
    await pass(MINUTE);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('that was killed before its confirmation leaves the outcome to another one', async () => {
    const kit = startFleet();
    const [one, two] = [kit.start({ role: 'client' }), kit.start()];
    const told: [string, number][] = [];
    const listen = (by: FleetProcess, name: string, work: (outcome: Outcome) => unknown): void => {
      by.call((fleet) =>
        fleet.outcomes('app', (outcome, { attempt }) => {
          told.push([name, attempt]);
          return work(outcome);
        }),
      );
    };
    listen(one, 'one', () => new Promise(() => undefined));
    await flush();
    kit.service.answer('send', replies.accepted('m1', 'SENT'));
    await sent(two);
    expect(told).toEqual([['one', 1]]);
    one.kill();
    listen(two, 'two', () => undefined);
    await pass(MINUTE);
    expect(told).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
  });
});

describe('bad input', () => {
  it('is refused with what was expected, and nothing is handed over', async () => {
    const kit = startFleet();
    const one = kit.start();
    const refused = (call: Promise<unknown>): Promise<void> =>
      expect(within(call)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await refused(one.call((fleet) => fleet.send('no ARN', INPUT)));
    await refused(one.call((fleet) => fleet.send(ALICE, { ...INPUT, Content: '' })));
    await refused(one.call((fleet) => fleet.track({ channelArn: CHANNEL, messageId: 'm1' } as never)));
    await refused(one.call((fleet) => fleet.update(ALICE, { ChannelArn: CHANNEL, MessageId: '', Content: 'x' })));
    expect(() => one.fleet.outcomes('a b', () => undefined)).toThrow('`group`');
    expect(() => one.fleet.outcomes('a', () => undefined, { attempt: 3 } as never)).toThrow('attempts');
    expect(() => one.fleet.on('eror' as 'error', () => undefined)).toThrow('`event`');
    expect(() => kit.start({ shard: 3 } as never)).toThrow('shards');
    expect(() => kit.start({ role: 'boss' as never })).toThrow('`role`');
    expect(one.fleet.stats.pending).toBe(0);
    expect(kit.service.count()).toBe(0);
  });

  it('another number of shards is refused by `ready`, and by every call', async () => {
    const kit = startFleet();
    const one = kit.start();
    await within(one.fleet.ready);
    const two = kit.start({ shards: 9 });
    await expect(within(two.fleet.ready)).rejects.toMatchObject({ code: 'FLEET_CONFIGURATION' });
    await expect(within(two.call((fleet) => fleet.send(ALICE, INPUT)))).rejects.toMatchObject({
      code: 'FLEET_CONFIGURATION',
    });
    expect(two.errors).toMatchObject([{ code: 'FLEET_CONFIGURATION' }]);
  });

  it('a closed fleet refuses every call', async () => {
    const kit = startFleet();
    const one = kit.start();
    await within(one.fleet.ready);
    const closing = one.call((fleet) => fleet.close());
    await pass(SECOND);
    await closing;
    await expect(within(one.call((fleet) => fleet.send(ALICE, INPUT)))).rejects.toMatchObject({ code: 'FLEET_CLOSED' });
    expect(() => one.fleet.outcomes('app', () => undefined)).toThrow('closed');
  });
});

describe('an engine that fails', () => {
  it('for a moment delays a call; for longer it rejects it, and what was handed over is kept', async () => {
    const kit = startFleet();
    const one = kit.start({ send: { persistContent: true } });
    kit.listen(one);
    const before = await sent(one);
    one.engineIsDown = true;
    const delayed = one.call((fleet) => fleet.send(ALICE, INPUT));
    await pass(250);
    one.engineIsDown = false;
    await pass(250);
    await expect(delayed).resolves.toHaveProperty('id');
    one.engineIsDown = true;
    const refused = one
      .call((fleet) => fleet.send(ALICE, INPUT))
      .then(
        () => 'accepted',
        (error: unknown) => error,
      );
    await pass(SECOND);
    expect(await refused).toMatchObject({
      code: 'FLEET_ENGINE',
      message: expect.stringContaining('The engine is down'),
    });
    await pass(MINUTE);
    one.engineIsDown = false;
    for (const messageId of kit.service.created.values()) kit.service.settle(messageId, 'SENT');
    await pass(MINUTE);
    expect(kit.toldOf(before)).toEqual(['SENT']);
    expect(one.errors.every((error) => 'code' in error && error.code === 'FLEET_ENGINE')).toBe(true);
  });
});
