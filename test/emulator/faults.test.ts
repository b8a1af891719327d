import { describe, expect, it } from '@jest/globals';
import { GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';

import type { FaultRule } from '../../src/emulator/index.ts';
import { faults } from '../../src/emulator/index.ts';
import { afterTest, clientOf, eventually, refusal, startKit } from '../support/emulator-kit.ts';

describe('scripted faults', () => {
  const errors: [string, FaultRule, number][] = [
    ['ThrottledClientException', faults.throttled(), 429],
    ['ServiceFailureException', faults.serverError(), 500],
    ['ServiceUnavailableException', faults.unavailable(), 503],
    ['ForbiddenException', faults.forbidden(), 403],
    ['UnauthorizedClientException', faults.unauthorized(), 401],
    ['ExpiredTokenException', faults.expiredToken(), 403],
    ['ConflictException', { kind: 'error', status: 409 }, 409],
    ['InvalidSignatureException', { kind: 'error', status: 403, errorType: 'InvalidSignatureException' }, 403],
  ];

  it.each(errors)('include %s as the class of the SDK', async (name, rule, status) => {
    const { send, sent, emulator } = await startKit();
    const undo = emulator.fault(rule);
    expect(await refusal(send())).toMatchObject({ name, status });
    undo();
    await sent();
    expect(emulator.log).toMatchObject([
      { status, fault: 'error', error: name, attempt: 1 },
      { status: 201, fault: undefined },
    ]);
    expect(emulator.messages).toHaveLength(1);
  });

  it('include a connection reset', async () => {
    const { send, emulator } = await startKit();
    emulator.fault(faults.reset({ times: 1 }));
    expect(await refusal(send())).toMatchObject({ message: expect.stringContaining('ECONNRESET'), status: undefined });
    expect(emulator.log).toMatchObject([{ status: 0, fault: 'reset' }]);
    expect(emulator.messages).toEqual([]);
  });

  it('include the lost response of an operation that took effect, and the same token finds its message again', async () => {
    const { send, sent, emulator } = await startKit();
    emulator.fault(faults.reset({ applied: 'after', operation: 'SendChannelMessage', times: 1 }));
    const { message } = await refusal(send({ ClientRequestToken: 'token-1' }));
    expect(message).toContain('ECONNRESET');
    expect(emulator.messages).toHaveLength(1);
    expect(await sent({ ClientRequestToken: 'token-1' })).toBe(emulator.messages[0]?.messageId);
    expect(emulator.messages).toHaveLength(1);
  });

  it('include a refusal after the operation took effect', async () => {
    const { send, emulator } = await startKit();
    emulator.fault(faults.serverError({ applied: 'after', times: 1 }));
    expect(await refusal(send())).toMatchObject({ status: 500 });
    expect(emulator.messages).toHaveLength(1);
  });

  it('include a hang until the client gives up', async () => {
    const { client, emulator, channel, alice } = await startKit();
    emulator.fault(faults.hang());
    const abort = new AbortController();
    const command = new GetChannelMessageStatusCommand({ ChannelArn: channel, ChimeBearer: alice, MessageId: 'm1' });
    const answer = client.send(command, { abortSignal: abort.signal });
    const outcome = refusal(answer);
    await eventually(() => emulator.log.length === 1);
    abort.abort();
    expect((await outcome).name).toBe('AbortError');
    expect(emulator.log).toMatchObject([{ fault: 'hang', status: 0 }]);
  });

  it('include a delay before the operation, or after it', async () => {
    const { send, emulator } = await startKit();
    const delays = async (applied: 'before' | 'after'): Promise<{ operation: number; answer: number }> => {
      const undo = emulator.fault(faults.slow(50, { applied }));
      await send();
      const answeredAt = Date.now();
      undo();
      const [arrivedAt, createdAt] = [emulator.log.at(-1)?.at ?? 0, emulator.messages.at(-1)?.createdAt ?? 0];
      return { operation: createdAt - arrivedAt, answer: answeredAt - createdAt };
    };
    // A timer may fire a millisecond early by the clock, never more.
    expect((await delays('before')).operation).toBeGreaterThanOrEqual(49);
    expect((await delays('after')).answer).toBeGreaterThanOrEqual(49);
    expect(emulator.log).toMatchObject([
      { status: 201, fault: 'slow' },
      { status: 201, fault: 'slow' },
    ]);
  });

  it('include a broken proxy: an empty response without a request id', async () => {
    const { status, emulator } = await startKit();
    emulator.fault(faults.emptyAnswer({ times: 1 }));
    emulator.fault(faults.noContent({ times: 1 }));
    for (const httpStatusCode of [200, 204]) {
      const answer = await status('m1');
      expect(answer.Status).toBeUndefined();
      expect(answer.$metadata).toMatchObject({ httpStatusCode, requestId: undefined });
    }
    expect((await status('m1')).$metadata.requestId).toEqual(expect.any(String));
  });

  it('include a captive portal: a page that the SDK cannot parse', async () => {
    const { status, emulator } = await startKit();
    emulator.fault(faults.html());
    expect(await refusal(status('m1'))).toMatchObject({ name: 'SyntaxError', status: 200 });
  });

  it('affect only what the rule names', async () => {
    const { sent, status, get, emulator, alice, bob, channel } = await startKit();
    const [one, two] = [await sent(), await sent({ ChimeBearer: bob })];
    const undos = [
      emulator.fault(faults.serverError({ operation: ['GetChannelMessage', 'ListChannelMessages'], messageId: two })),
      emulator.fault(faults.unavailable({ operation: 'GetChannelMessageStatus', bearer: bob, channelArn: channel })),
      emulator.fault(faults.forbidden({ channelArn: `${channel}-other` })),
    ];
    expect((await get(one, alice)).ChannelMessage).toBeDefined();
    expect((await status(one, alice)).Status?.Value).toBe('SENT');
    expect(await refusal(get(two, alice))).toMatchObject({ status: 500 });
    expect(await refusal(status(two, bob))).toMatchObject({ status: 503 });
    undos.forEach((undo) => undo());
    expect((await status(two, bob)).Status?.Value).toBe('SENT');
  });

  it('are drawn by the seed, so that the same seed gives the same story', async () => {
    const story = async (seed: number): Promise<number[]> => {
      const { status, emulator } = await startKit({ seed });
      emulator.fault(faults.serverError({ probability: 0.5 }));
      for (let index = 0; index < 20; index += 1) await status('m1').catch(() => undefined);
      return emulator.log.map((record) => record.status);
    };
    const first = await story(7);
    expect(await story(7)).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 500]));
  });

  it('include Retry-After if the script or the options require it', async () => {
    const { send, emulator, channel } = await startKit();
    const waits: (string | undefined)[] = [];
    const client = clientOf(emulator);
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        waits.push((result.response as { headers: Record<string, string> }).headers['retry-after']);
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const ask = (): Promise<unknown> =>
      refusal(
        client.send(
          new GetChannelMessageStatusCommand({
            ChannelArn: channel,
            MessageId: 'm',
            ChimeBearer: emulator.userArn('a'),
          }),
        ),
      );
    emulator.fault(faults.throttled({ times: 1, retryAfterSeconds: 3 }));
    emulator.fault(faults.throttled());
    await ask();
    await ask();
    emulator.set({ retryAfterSeconds: 7 });
    await ask();
    expect(waits).toEqual(['3', undefined, '7']);
    expect(await refusal(send())).toMatchObject({ name: 'ThrottledClientException' });
  });

  it('record which attempt of the SDK a request was', async () => {
    const { emulator, channel, alice } = await startKit();
    emulator.fault(faults.serverError({ times: 2 }));
    const client = clientOf(emulator, { maxAttempts: 3 });
    await client.send(new GetChannelMessageStatusCommand({ ChannelArn: channel, MessageId: 'm1', ChimeBearer: alice }));
    expect(emulator.log.map(({ status, attempt }) => [status, attempt])).toEqual([
      [500, 1],
      [500, 2],
      [200, 3],
    ]);
  });

  it('reject an impossible rule', async () => {
    const { emulator } = await startKit();
    expect(() => emulator.fault({ kind: 'flood' as never })).toThrow(/kind.*got flood/);
    expect(() => emulator.fault(faults.reset({ probability: 2 }))).toThrow(/probability.*got 2/);
    expect(() => emulator.fault(faults.reset({ times: 0 }))).toThrow(/times.*got 0/);
    afterTest(() => expect(emulator.log).toEqual([]));
  });
});
