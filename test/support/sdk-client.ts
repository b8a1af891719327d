// The real SDK client without a network: the test responds to each HTTP request. It works in fake time.

import {
  ChimeSDKMessagingClient,
  GetChannelMessageStatusCommand,
  type ChimeSDKMessagingClientConfig,
} from '@aws-sdk/client-chime-sdk-messaging';
import { beforeAll } from '@jest/globals';

/** A request as it reached the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SdkKit {
  readonly client: ChimeSDKMessagingClient;
  /** When each request left, in milliseconds since the kit was made. */
  readonly dispatches: number[];
  readonly requests: WireRequest[];
}

export const keys: { accessKeyId: string; secretAccessKey: string } = {
  accessKeyId: 'local',
  secretAccessKey: 'local',
};
/** The headers that mark a response as the service's. */
export const mark: Readonly<Record<string, string>> = { 'x-amzn-requestid': 'r-1' };

export function json(status: number, body: object, headers: Readonly<Record<string, string>> = mark): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

let sent = 0;

/** A healthy service: sends are accepted, and accepted messages are SENT. */
export function healthy({ method }: WireRequest): WireAnswer {
  if (method === 'POST') return json(201, { MessageId: `m${(sent += 1)}`, Status: { Value: 'PENDING' } });
  return json(200, { Status: { Value: 'SENT' } });
}

export function sdkKit(
  answer: (request: WireRequest) => WireAnswer | Promise<WireAnswer> = healthy,
  config: Partial<ChimeSDKMessagingClientConfig> = {},
): SdkKit {
  const start = Date.now();
  const dispatches: number[] = [];
  const requests: WireRequest[] = [];
  const handle = async (request: WireRequest): Promise<{ response: object }> => {
    dispatches.push(Date.now() - start);
    requests.push(request);
    const { status, headers = {}, body = '' } = await answer(request);
    return { response: { statusCode: status, headers, body: new TextEncoder().encode(body) } };
  };
  const client = new ChimeSDKMessagingClient({
    region: 'us-east-1',
    credentials: keys,
    requestHandler: { handle } as never,
    ...config,
  });
  return { client, dispatches, requests };
}

// The first request of a process reads the machine's AWS configuration, in real time.
beforeAll(async () => {
  await sdkKit().client.send(
    new GetChannelMessageStatusCommand({ ChannelArn: 'arn:a:channel/c', MessageId: 'm', ChimeBearer: 'arn:a:user/u' }),
  );
});
