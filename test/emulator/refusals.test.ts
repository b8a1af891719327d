import { describe, expect, it } from '@jest/globals';
import { BadRequestException, SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';

import { clientOf, refusal, startKit } from '../support/emulator-kit.ts';
import { rawRequest, signedFor } from '../support/raw-request.ts';

describe('a request that is not signed, or signed for another user', () => {
  const cases: [string, string | undefined, string, string][] = [
    ['unsigned', undefined, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['signed in a way of its own', 'Bearer abc', 'IncompleteSignatureException', 'Expected Authorization'],
    ['signed for another service', signedFor('s3'), 'InvalidSignatureException', "not 's3'"],
    [
      'signed for another region',
      signedFor('chime', 'eu-central-1'),
      'InvalidSignatureException',
      "not 'eu-central-1'",
    ],
    [
      'signed with half a scope',
      signedFor().replace('/aws4_request', ''),
      'InvalidSignatureException',
      'key/date/region',
    ],
  ];

  it.each(cases)('is refused with 403 if it has %s', async (_what, authorization, type, says) => {
    const { emulator } = await startKit();
    const answer = await rawRequest(emulator, { path: '/endpoints/messaging-session', headers: { authorization } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe(type);
    expect(answer.message).toContain(says);
  });

  it('is refused from the real client of another region, and accepted from its own', async () => {
    const { emulator, alice, channel } = await startKit({ region: 'eu-central-1' });
    const command = new SendChannelMessageCommand({
      ChannelArn: channel,
      ChimeBearer: alice,
      Content: 'hello',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    });
    const stranger = clientOf(emulator, { region: 'us-east-1' });
    expect(await refusal(stranger.send(command))).toMatchObject({ name: 'InvalidSignatureException', status: 403 });
    expect((await clientOf(emulator).send(command)).Status?.Value).toBe('SENT');
  });
});

describe('a request for no operation of the service', () => {
  const cases: [string, string, string, string][] = [
    ['an unknown path', 'GET', '/rooms', 'serves /channels/'],
    ['an operation that is not emulated', 'GET', '/app-instances/arn%3Aaws/streaming-configurations', '/channels/'],
    ['a method that the path does not have', 'DELETE', '/channels/arn%3Aaws/messages', 'method and query'],
    ['a post to a message that is not a redaction', 'POST', '/channels/arn%3Aaws/messages/m1', 'method and query'],
    ['an unknown scope', 'GET', '/channels/arn%3Aaws/messages/m1?scope=all', 'method and query'],
    [
      'an ARN that is not percent-encoded',
      'GET',
      '/channels/arn:aws:chime:r:1:app-instance/a/channel/b/messages',
      'percent-encoded',
    ],
    ['a path of slashes', 'GET', '//', 'serves /channels/'],
  ];

  it.each(cases)('for %s gets a 404 with the reason', async (_what, method, path, says) => {
    const { emulator } = await startKit();
    const answer = await rawRequest(emulator, { method, path });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    expect(answer.message).toContain(says);
    expect(emulator.log).toMatchObject([{ operation: 'Unknown', status: 404, error: 'UnknownOperationException' }]);
  });

  it('for an undecodable path gets a 400', async () => {
    const { emulator } = await startKit();
    const answer = await rawRequest(emulator, { path: '/channels/%FF/messages' });
    expect(answer).toMatchObject({ status: 400, message: expect.stringContaining('percent-encoded') });
  });
});

describe('a malformed request', () => {
  it('is refused with the reason if the bearer is missing, or not a user', async () => {
    const { emulator, channel } = await startKit();
    const path = `/channels/${encodeURIComponent(channel)}/messages`;
    const missing = await rawRequest(emulator, { path, headers: { 'x-amz-chime-bearer': undefined } });
    expect(missing).toMatchObject({ status: 400, message: expect.stringContaining('x-amz-chime-bearer') });
    expect(missing.headers.get('x-amzn-errortype')).toBe('BadRequestException');
    const wrong = await rawRequest(emulator, { path, headers: { 'x-amz-chime-bearer': channel } });
    expect(wrong).toMatchObject({ status: 400, message: expect.stringContaining('/user/ or /bot/') });
  });

  it.each(['{', '[]', 'null', '', '"text"'])(
    'is refused with the reason if the body %j is not a JSON object',
    async (body) => {
      const { emulator, channel } = await startKit();
      const path = `/channels/${encodeURIComponent(channel)}/messages`;
      const answer = await rawRequest(emulator, { method: 'POST', path, body });
      expect(answer.status).toBe(400);
      expect(answer.message).toMatch(/body/);
      expect(emulator.messages).toEqual([]);
    },
  );

  const bad: [string, Record<string, unknown>, string][] = [
    ['no Content', { Content: '' }, 'Content'],
    ['more than 4096 characters', { Content: 'x'.repeat(4097) }, '4097 characters'],
    ['more than 1024 characters of Metadata', { Metadata: 'x'.repeat(1025) }, 'Metadata'],
    ['a CONTROL message of more than 30 bytes', { Type: 'CONTROL', Content: 'ä'.repeat(16) }, '32'],
    ['a CONTROL message with Metadata', { Type: 'CONTROL', Metadata: 'x' }, 'Metadata'],
    ['an unknown Type', { Type: 'LOUD' }, 'STANDARD, CONTROL'],
    ['an unknown Persistence', { Persistence: 'MAYBE' }, 'NON_PERSISTENT'],
    ['a token of one character', { ClientRequestToken: 'x' }, 'ClientRequestToken'],
    ['a token with a space', { ClientRequestToken: 'a b' }, 'ClientRequestToken'],
    ['a SubChannelId with a slash', { SubChannelId: 'a/b' }, 'SubChannelId'],
    ['a channel that is no ARN', { ChannelArn: 'general' }, 'ChannelArn'],
    ['the ARN of a user as channel', { ChannelArn: 'arn:aws:chime:us-east-1:1:app-instance/a/user/b' }, '/channel/'],
    ['two targets', { Target: [{ MemberArn: 'arn:a' }, { MemberArn: 'arn:b' }] }, 'Target'],
    ['a target that is no member', { Target: [{ MemberArn: 'bob' }] }, 'Target.MemberArn'],
  ];

  it.each(bad)('to send is refused with %s', async (_what, fields, says) => {
    const { send, emulator } = await startKit();
    const { name, status, message } = await refusal(send(fields));
    expect({ name, status }).toEqual({ name: 'BadRequestException', status: 400 });
    expect(message).toContain(says);
    expect(emulator.messages).toEqual([]);
  });

  it('is not one with 4096 characters or 30 bytes', async () => {
    const { send } = await startKit();
    expect((await send({ Content: 'x'.repeat(4096) })).MessageId).toBeDefined();
    expect((await send({ Type: 'CONTROL', Content: 'ä'.repeat(15) })).MessageId).toBeDefined();
  });

  it('is one with the empty MessageId that the SDK lets through, or an invalid one', async () => {
    const { status, get, emulator } = await startKit();
    expect(await refusal(status(''))).toMatchObject({ status: 400, message: expect.stringContaining('MessageId') });
    expect(await refusal(get('a b'))).toMatchObject({ status: 400, message: expect.stringContaining('MessageId') });
    expect(emulator.log).toMatchObject([{ operation: 'GetChannelMessageStatus', messageId: '' }, { messageId: 'a b' }]);
  });

  it('gets an error in the form from which the SDK builds its classes', async () => {
    const { send } = await startKit();
    const error = await send({ Content: '' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadRequestException);
    expect(error).toMatchObject({ Code: 'BadRequest', $metadata: { requestId: expect.any(String) } });
  });
});

describe('the permissions of a user', () => {
  it('refuse a forbidden request with 403, and name the action', async () => {
    const { sent, status, get, emulator } = await startKit({
      permissions: (_bearer, operation) => operation !== 'GetChannelMessageStatus',
    });
    const id = await sent();
    const { name, status: code, message } = await refusal(status(id));
    expect({ name, code }).toEqual({ name: 'AccessDeniedException', code: 403 });
    expect(message).toContain('chime:GetChannelMessageStatus');
    expect((await get(id)).ChannelMessage?.MessageId).toBe(id);
    emulator.set({ permissions: undefined });
    expect((await status(id)).Status?.Value).toBe('SENT');
  });

  it('do not include edits of another user’s message', async () => {
    const { sent, update, bob } = await startKit();
    const id = await sent({ ChimeBearer: bob });
    expect(await refusal(update(id, 'mine'))).toMatchObject({ name: 'ForbiddenException', status: 403 });
  });
});
