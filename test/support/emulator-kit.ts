// The shared kit of the emulator's tests: an emulator with a real SDK client that makes exactly one attempt, users and
// a channel, and a raw websocket. Everything that a test opened is closed after it.

import { afterEach } from '@jest/globals';
import {
  ChimeSDKMessagingClient,
  GetChannelMessageCommand,
  GetChannelMessageStatusCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import type {
  GetChannelMessageCommandOutput,
  GetChannelMessageStatusCommandOutput,
  ListChannelMessagesCommandInput,
  ListChannelMessagesCommandOutput,
  SendChannelMessageCommandInput,
  SendChannelMessageCommandOutput,
  UpdateChannelMessageCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';

import type { ChimeEmulator, ChimeEmulatorOptions } from '../../src/emulator/index.ts';
import { startChimeEmulator } from '../../src/emulator/index.ts';
import { connectRawSocket } from './raw-socket.ts';
import type { RawSocket, RawSocketOptions } from './raw-socket.ts';

type Undo = () => Promise<void> | void;
const undos: Undo[] = [];

afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo();
});

/** Runs after the test, last registered first. */
export function afterTest(undo: Undo): void {
  undos.push(undo);
}

/** One emulator with a client, for alice and bob in one channel. */
export interface Kit {
  readonly emulator: ChimeEmulator;
  readonly client: ChimeSDKMessagingClient;
  readonly alice: string;
  readonly bob: string;
  readonly channel: string;
  readonly send: (fields?: Partial<SendChannelMessageCommandInput>) => Promise<SendChannelMessageCommandOutput>;
  /** Sends and returns the MessageId. */
  readonly sent: (fields?: Partial<SendChannelMessageCommandInput>) => Promise<string>;
  readonly update: (messageId: string, content: string) => Promise<UpdateChannelMessageCommandOutput>;
  readonly status: (
    messageId: string,
    as?: string,
    subChannelId?: string,
  ) => Promise<GetChannelMessageStatusCommandOutput>;
  readonly get: (messageId: string, as?: string, subChannelId?: string) => Promise<GetChannelMessageCommandOutput>;
  readonly list: (fields?: Partial<ListChannelMessagesCommandInput>) => Promise<ListChannelMessagesCommandOutput>;
  readonly socket: (userArn: string, options?: RawSocketOptions) => Promise<RawSocket>;
}

export async function startKit(options: ChimeEmulatorOptions = {}): Promise<Kit> {
  const emulator = await startChimeEmulator({ connectsPerSecond: Infinity, requestsPerSecond: Infinity, ...options });
  afterTest(() => emulator.close());
  const client = clientOf(emulator);
  const alice = emulator.userArn('alice');
  const bob = emulator.userArn('bob');
  const channel = emulator.createChannel({ name: 'general' });
  const at = { ChannelArn: channel, ChimeBearer: alice };
  const send: Kit['send'] = (fields = {}) => client.send(new SendChannelMessageCommand({ ...draft, ...at, ...fields }));
  return {
    emulator,
    client,
    alice,
    bob,
    channel,
    send,
    sent: async (fields) => idOf(await send(fields)),
    update: (MessageId, Content) => client.send(new UpdateChannelMessageCommand({ ...at, MessageId, Content })),
    status: (MessageId, ChimeBearer = alice, SubChannelId) =>
      client.send(new GetChannelMessageStatusCommand({ ...at, ChimeBearer, MessageId, SubChannelId })),
    get: (MessageId, ChimeBearer = alice, SubChannelId) =>
      client.send(new GetChannelMessageCommand({ ...at, ChimeBearer, MessageId, SubChannelId })),
    list: (fields = {}) => client.send(new ListChannelMessagesCommand({ ...at, ...fields })),
    socket: async (userArn, socketOptions) => {
      const socket = await connectRawSocket(emulator, userArn, socketOptions);
      afterTest(() => socket.close());
      return socket;
    },
  };
}

const draft = { Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;

/** A real client of the emulator that makes one attempt at each request. */
export function clientOf(
  emulator: ChimeEmulator,
  more: { region?: string; maxAttempts?: number } = {},
): ChimeSDKMessagingClient {
  const client = new ChimeSDKMessagingClient({
    region: emulator.region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    ...more,
  });
  afterTest(() => client.destroy());
  return client;
}

export function idOf({ MessageId }: { MessageId?: string | undefined }): string {
  if (MessageId === undefined) throw new Error('The answer has no MessageId.');
  return MessageId;
}

/** The error of a rejected promise, as far as it is the SDK's. */
export async function refusal(promise: Promise<unknown>): Promise<{ name: string; message: string; status: unknown }> {
  const error: unknown = await promise.then(
    (value) => {
      throw new Error(`Expected a refusal; got ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`Expected an Error; got ${String(error)}`);
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return { name: error.name, message: error.message, status };
}

/** Resolves when the condition holds; checks it after every turn of timers. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
