import { describe, expect, it } from '@jest/globals';

import type { FaultRule } from '../../src/emulator/index.ts';
import { faults } from '../../src/emulator/index.ts';
import { afterTest, refusal, startKit } from '../support/emulator-kit.ts';

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => Promise.reject(new Error(`Expected a refusal; got ${JSON.stringify(value)}`)),
    (error: unknown) => error,
  );
}

describe('the responses of a gateway', () => {
  const gateways: [number, string, string][] = [
    [404, 'ResourceNotFound', 'application/json'],
    [404, 'NotFoundException', 'application/json'],
    [404, 'NotFoundError', 'application/json'],
    [404, 'NotFound', 'text/html'],
    [403, 'AccessDenied', 'application/json'],
    [403, 'ForbiddenException', 'text/html'],
    [400, 'BadRequest', 'application/json'],
    [401, 'Unauthorized', 'application/json'],
  ];

  it.each(gateways)(
    '%d with the code %s as %s reach the SDK by that name, without a request id',
    async (status, code, contentType) => {
      const { status: ask, sent, emulator } = await startKit();
      const id = await sent();
      emulator.fault(faults.gateway(status, code, { operation: 'GetChannelMessageStatus', contentType }));
      const error = await rejection(ask(id));
      expect(error).toMatchObject({ name: code, $metadata: { httpStatusCode: status, requestId: undefined } });
      expect(emulator.log.at(-1)).toMatchObject({ status, fault: 'gateway', error: undefined });
    },
  );

  it('have no header of the service, and no __type', async () => {
    const { channel, alice, emulator } = await startKit();
    emulator.fault({ kind: 'gateway' });
    const url = `${emulator.url}/channels/${encodeURIComponent(channel)}/messages/m1?scope=message-status`;
    const answer = await fetch(url, { headers: { 'x-amz-chime-bearer': alice } });
    expect(answer.status).toBe(404);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('x-amz'))).toEqual([]);
    expect(await answer.json()).toEqual({ code: 'ResourceNotFound', message: 'A gateway answers 404.' });
  });
});

describe('a refusal of the service', () => {
  const moments: [FaultRule, object][] = [
    [faults.forbidden({ operation: 'GetChannelMessageStatus' }), { name: 'ForbiddenException', status: 403 }],
    [faults.badRequest({ operation: 'GetChannelMessageStatus' }), { name: 'BadRequestException', status: 400 }],
  ];

  it.each(moments)('affects one operation until it is taken back: %j', async (rule, expected) => {
    const { sent, status, get, emulator } = await startKit();
    const id = await sent();
    const end = emulator.fault(rule);
    afterTest(end);
    expect(await refusal(status(id))).toMatchObject(expected);
    expect((await get(id)).ChannelMessage?.MessageId).toBe(id);
    end();
    expect((await status(id)).Status?.Value).toBe('SENT');
  });

  it.each([
    ['before', 1],
    ['after', 1],
  ] as const)(
    'can be one 409 on a send, %s it took effect; the same token then gets its message',
    async (applied, count) => {
      const { send, sent, emulator } = await startKit();
      emulator.fault(faults.conflict({ operation: 'SendChannelMessage', applied, times: 1 }));
      expect(await refusal(send({ ClientRequestToken: 'token-1' }))).toMatchObject({
        name: 'ConflictException',
        status: 409,
      });
      await sent({ ClientRequestToken: 'token-1' });
      expect(emulator.messages).toHaveLength(count);
    },
  );
});
