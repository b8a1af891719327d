/**
 * The real AWS SDK client with a local service: everything happens as in an app, signing and the SDK's own retries
 * included, except the network, which is a delay each way.
 */
import { ChimeSDKMessagingClient, GetChannelMessageStatusCommand } from '@aws-sdk/client-chime-sdk-messaging';
import type { World } from '../../src/emulator/service/world.ts';
import { between } from './chance.ts';
import { region, type LocalService } from './local-service.ts';

/** The travel time of a request, or its response: milliseconds, from and to. */
export const travelMs = [20, 60] as const;

export interface LocalNetwork {
  readonly client: ChimeSDKMessagingClient;
  /** From now on the client's requests go here. */
  connect(service: LocalService, world: World): void;
}

/** The argument of a request handler. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A new client, with the SDK's defaults: it has read its configuration, which takes real time, before this resolves. */
export async function createLocalNetwork(): Promise<LocalNetwork> {
  let target: { service: LocalService; world: World } | undefined;
  const handle = async (request: SdkRequest): Promise<{ response: SdkResponse }> => {
    if (target === undefined) return { response: answerTo('{"Status":{"Value":"PENDING"}}') };
    const { service, world } = target;
    const travel = (): Promise<void> =>
      new Promise((resolve) => void world.after(between(...travelMs, world.random), resolve));
    await travel();
    const { status, headers, body } = service.answer({
      method: request.method,
      target: `${request.path}?${queryOf(request)}`,
      headers: request.headers,
      body: request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : '',
    });
    await travel();
    return { response: answerTo(body, status, headers) };
  };
  const client = new ChimeSDKMessagingClient({
    region,
    endpoint: 'http://local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { handle: handle as never },
  });
  const arn = `arn:aws:chime:${region}:111122223333:app-instance/warm-up`;
  const input = { ChannelArn: `${arn}/channel/a`, ChimeBearer: `${arn}/user/a`, MessageId: 'a' };
  await client.send(new GetChannelMessageStatusCommand(input));
  return {
    client,
    connect: (service, world) => {
      target = { service, world };
    },
  };
}

function queryOf({ query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([key, value]) => [value ?? ''].flat().map((one) => [key, one]));
  return new URLSearchParams(pairs).toString();
}

function answerTo(body: string, statusCode = 200, headers: Readonly<Record<string, string>> = {}): SdkResponse {
  const own = { 'content-type': 'application/json', 'x-amzn-requestid': 'local', ...headers };
  return { statusCode, headers: own, body: new TextEncoder().encode(body) };
}
