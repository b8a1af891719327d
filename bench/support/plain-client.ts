/**
 * A client of a local service for scenes with a thousand of them: the SDK's commands, answers and errors in their shapes, without its
 * middleware, which makes a request thirty times as dear. One attempt, no retries.
 */
import type { World } from '../../src/emulator/service/world.ts';
import type { Client } from '../contenders/contender.ts';
import { between } from './chance.ts';
import { region, type LocalService } from './local-service.ts';
import { travelMs } from './sdk-client.ts';

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
}

const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/chime/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

/** `isOnline`: while false, no request arrives anywhere. */
export function plainClient(service: LocalService, world: World, isOnline: () => boolean): Client {
  const travel = (): Promise<void> =>
    new Promise((resolve) => void world.after(between(...travelMs, world.random), resolve));
  return {
    async send(command: Command) {
      await travel();
      if (!isOnline()) throw Object.assign(new Error('connect ENETUNREACH'), { code: 'ENETUNREACH' });
      const { input } = command;
      const headers = { authorization, 'x-amz-chime-bearer': String(input['ChimeBearer']) };
      const { status, body } = service.answer({ method: 'GET', target: targetOf(command), headers, body: '' });
      await travel();
      const fields = JSON.parse(body) as { Message?: string; Code?: string };
      const $metadata = { httpStatusCode: status, requestId: 'local', attempts: 1 };
      if (status < 400) return { ...fields, $metadata };
      const name = status === 429 ? 'ThrottledClientException' : `${fields.Code}Exception`;
      throw Object.assign(new Error(fields.Message), { name, $metadata });
    },
  };
}

function targetOf({ input, constructor }: Command): string {
  const path = `/channels/${encodeURIComponent(String(input['ChannelArn']))}/messages`;
  const { MessageId, NotBefore, NextToken } = input;
  if (constructor.name === 'GetChannelMessageStatusCommand') return `${path}/${String(MessageId)}?scope=message-status`;
  if (constructor.name === 'GetChannelMessageCommand') return `${path}/${String(MessageId)}`;
  if (constructor.name !== 'ListChannelMessagesCommand')
    throw new Error(`No command of these scenes: ${constructor.name}.`);
  const query = new URLSearchParams({ 'max-results': '50' });
  if (NotBefore instanceof Date) query.set('not-before', NotBefore.toISOString());
  if (typeof NextToken === 'string') query.set('next-token', NextToken);
  return `${path}?${query.toString()}`;
}
