/**
 * A client of a local service for scenes with a thousand of them: the SDK's commands, responses and errors in their
 * forms, without its middleware, which makes a request thirty times as expensive. One attempt, no retries.
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
      const isSend = command.constructor.name === 'SendChannelMessageCommand';
      const order = { method: isSend ? 'POST' : 'GET', target: targetOf(command), headers };
      const { status, body } = service.answer({ ...order, body: isSend ? JSON.stringify(input) : '' });
      await travel();
      const fields = JSON.parse(body) as { Message?: string; Code?: string; ChannelMessages?: object[] };
      const $metadata = { httpStatusCode: status, requestId: 'local', attempts: 1 };
      if (status < 400) return { ...withDates(fields), $metadata };
      const name = status === 429 ? 'ThrottledClientException' : `${fields.Code}Exception`;
      throw Object.assign(new Error(fields.Message), { name, $metadata });
    },
  };
}

/** Timestamps as the SDK returns them. */
function withDates(fields: { ChannelMessages?: { CreatedTimestamp?: unknown }[] }): object {
  const rows = fields.ChannelMessages?.map((row) => ({
    ...row,
    CreatedTimestamp: new Date(Number(row.CreatedTimestamp) * 1_000),
  }));
  return rows === undefined ? fields : { ...fields, ChannelMessages: rows };
}

function targetOf({ input, constructor }: Command): string {
  const path = `/channels/${encodeURIComponent(String(input['ChannelArn']))}/messages`;
  const { MessageId, NotBefore, NotAfter, NextToken } = input;
  if (constructor.name === 'SendChannelMessageCommand') return path;
  if (constructor.name === 'GetChannelMessageStatusCommand') return `${path}/${String(MessageId)}?scope=message-status`;
  if (constructor.name === 'GetChannelMessageCommand') return `${path}/${String(MessageId)}`;
  if (constructor.name !== 'ListChannelMessagesCommand')
    throw new Error(`No command of these scenes: ${constructor.name}.`);
  const query = new URLSearchParams({ 'max-results': '50' });
  if (NotBefore instanceof Date) query.set('not-before', NotBefore.toISOString());
  if (NotAfter instanceof Date) query.set('not-after', NotAfter.toISOString());
  if (typeof NextToken === 'string') query.set('next-token', NextToken);
  return `${path}?${query.toString()}`;
}
