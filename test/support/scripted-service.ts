// The service as a client double in fake time: it responds to the library's five commands as the test scripts it, with
// latency, the service's own error shapes, and a complete log. By default it is a healthy service that knows the
// outcomes.

import {
  ChimeSDKMessagingServiceException,
  GetChannelMessageCommand,
  GetChannelMessageStatusCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingClient, PushMessage, PushSource } from 'chime-delivery';
import { Subject } from 'rxjs';

export const ALICE = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/alice';
export const BOB = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/user/bob';
export const CHANNEL = 'arn:aws:chime:us-east-1:111122223333:app-instance/lab/channel/general';

export type Operation = 'send' | 'update' | 'status' | 'message' | 'list';
export type Word = 'PENDING' | 'SENT' | 'FAILED' | 'DENIED';

/** One request as it arrived. */
export interface Call {
  readonly operation: Operation;
  /** Milliseconds since the service was made. */
  readonly at: number;
  readonly bearer: string;
  readonly messageId: string | undefined;
  readonly token: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
  readonly command: object;
  endError: 'answered' | 'refused' | 'aborted' | undefined;
}

/** What the service does with a request. */
export interface Reply {
  readonly output?: object | undefined;
  readonly error?: unknown;
  readonly hangs?: true;
  /** Instead of the service's latency. */
  readonly afterMs?: number;
}

export type Script = Reply | ((call: Call) => Reply);

const requestId = (): { $metadata: object } => ({ $metadata: { httpStatusCode: 200, requestId: 'r-1' } });

/** The responses of the service, or of a server in front of it. */
export const replies = {
  accepted: (messageId: string, status?: Word, more: object = {}): Reply => ({
    output: { ChannelArn: CHANNEL, MessageId: messageId, Status: status && { Value: status }, ...more, ...requestId() },
  }),
  says: (status: string, detail?: string): Reply => ({
    output: { Status: { Value: status, Detail: detail }, ...requestId() },
  }),
  /** A body of the service itself. */
  body: (body: object): Reply => ({ output: { ...body, ...requestId() } }),
  found: (messageId: string, status?: Word, more: object = {}): Reply => ({
    output: { ChannelMessage: { MessageId: messageId, Status: status && { Value: status }, ...more }, ...requestId() },
  }),
  /** A page of ListChannelMessages. */
  rows: (rows: readonly { messageId: string; status?: string; createdAt?: number }[], nextToken?: string): Reply => ({
    output: {
      ChannelArn: CHANNEL,
      ChannelMessages: rows.map(({ messageId, status, createdAt }) => ({
        MessageId: messageId,
        ...(createdAt === undefined ? {} : { CreatedTimestamp: new Date(createdAt) }),
        Content: `the secret content of ${messageId}`,
        Status: status === undefined ? undefined : { Value: status },
      })),
      NextToken: nextToken,
      ...requestId(),
    },
  }),
  notFound: (): Reply => refusal(404, 'NotFoundException'),
  forbidden: (): Reply => refusal(403, 'ForbiddenException'),
  expiredToken: (): Reply => refusal(403, 'ExpiredTokenException'),
  badRequest: (): Reply => refusal(400, 'BadRequestException'),
  serverError: (): Reply => refusal(500, 'ServiceFailureException'),
  throttled: (retryAfter?: string): Reply => refusal(429, 'ThrottledClientException', { 'retry-after': retryAfter }),
  refusal: (status: number, name: string): Reply => refusal(status, name),
  /** 200 with zero bytes and no request id: a broken proxy, or a denied message seen through CORS. */
  blank: (): Reply => ({ output: { $metadata: { httpStatusCode: 200 } } }),
  /** A page of HTML, as the SDK reports it. */
  html: (httpStatusCode = 200): Reply => ({
    error: Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode } }),
  }),
  reset: (): Reply => ({ error: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) }),
  /** A dead network, as a browser reports it. */
  noNetwork: (): Reply => ({ error: new TypeError('Failed to fetch') }),
  hangs: (): Reply => ({ hangs: true }),
  late: (afterMs: number, reply: Reply): Reply => ({ ...reply, afterMs }),
};

function refusal(status: number, name: string, headers: Record<string, string | undefined> = {}): Reply {
  const error = new ChimeSDKMessagingServiceException({
    name,
    message: `${name} (scripted)`,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status, requestId: 'r-1' },
  });
  return { error: Object.assign(error, { $response: { statusCode: status, headers } }) };
}

export class ScriptedService {
  readonly calls: Call[] = [];
  /** What the service knows about each message. */
  readonly truth: Map<string, Word> = new Map();
  /** MessageIds by request token, in order of creation. */
  readonly created: Map<string, string> = new Map();
  readonly #createdIn = new Map<string, string>();
  latencyMs = 20;
  readonly #startedAt = Date.now();
  readonly #scripts: Record<Operation, Script[]> = {
    send: [(call) => this.acceptSend(call)],
    update: [({ messageId = '' }) => replies.accepted(messageId, 'PENDING')],
    status: [(call) => this.tellStatus(call)],
    message: [(call) => this.tellMessage(call)],
    list: [(call) => this.tellList(call)],
  };

  readonly client: MessagingClient = {
    send: (command: unknown, options?: { abortSignal?: AbortSignal }) => this.#serve(command, options?.abortSignal),
  };

  /** Responds to an operation in this order from now on; the last reply stays. */
  answer(operation: Operation, ...scripts: [Script, ...Script[]]): void {
    this.#scripts[operation] = scripts;
  }

  /** Responds to an operation as a healthy service again. */
  heal(operation: Operation): void {
    const healthy: Record<Operation, Script> = {
      send: (call) => this.acceptSend(call),
      update: ({ messageId = '' }) => replies.accepted(messageId, 'PENDING'),
      status: (call) => this.tellStatus(call),
      message: (call) => this.tellMessage(call),
      list: (call) => this.tellList(call),
    };
    this.answer(operation, healthy[operation]);
  }

  settle(messageId: string, status: Word): void {
    this.truth.set(messageId, status);
  }

  /** Requests so far, of one operation or of all. */
  requests(operation?: Operation): Call[] {
    return this.calls.filter((call) => operation === undefined || call.operation === operation);
  }

  count(operation?: Operation): number {
    return this.requests(operation).length;
  }

  times(operation?: Operation): number[] {
    return this.requests(operation).map(({ at }) => at);
  }

  /** The polls of each message, in order. */
  get story(): string[] {
    return this.calls.map(({ operation, messageId }) => (messageId ? `${operation} ${messageId}` : operation));
  }

  get underWay(): number {
    return this.calls.filter(({ endError }) => endError === undefined).length;
  }

  /** A token seen before, of the same bearer in the same channel, returns the message that it made. */
  acceptSend({ token = '', bearer, input }: Call): Reply {
    const place = `${token} of ${bearer} in ${String(input['ChannelArn'])}`;
    const messageId = this.#createdIn.get(place) ?? `m${this.#createdIn.size + 1}`;
    this.#createdIn.set(place, messageId);
    this.created.set((this.created.get(token) ?? messageId) === messageId ? token : place, messageId);
    if (!this.truth.has(messageId)) this.truth.set(messageId, 'PENDING');
    return replies.accepted(messageId, 'PENDING');
  }

  tellStatus({ messageId = '' }: Call): Reply {
    const truth = this.truth.get(messageId) ?? 'PENDING';
    return truth === 'DENIED' ? replies.body({}) : replies.says(truth);
  }

  tellMessage({ messageId = '' }: Call): Reply {
    const truth = this.truth.get(messageId) ?? 'PENDING';
    return truth === 'DENIED' ? replies.notFound() : replies.found(messageId, truth);
  }

  /** The newest messages first, in the order in which their outcomes were first set; never a denied one. */
  tellList({ input }: Call): Reply {
    const stored = [...this.truth].filter(([, status]) => status !== 'DENIED').toReversed();
    const from = Number(input['NextToken'] ?? 0);
    const to = from + Number(input['MaxResults']);
    const rows = stored.slice(from, to).map(([messageId, status]) => ({ messageId, status }));
    return replies.rows(rows, to < stored.length ? String(to) : undefined);
  }

  #serve(command: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const call = this.#read(command);
    this.calls.push(call);
    const scripts = this.#scripts[call.operation];
    const script = scripts.length > 1 ? scripts.shift() : scripts[0];
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = (how: NonNullable<Call['endError']>): void => {
        call.endError = how;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        end('aborted');
        reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      const reply = typeof script === 'function' ? script(call) : (script ?? replies.hangs());
      if (reply.hangs) return;
      timer = setTimeout(() => {
        end('error' in reply ? 'refused' : 'answered');
        if ('error' in reply) reject(reply.error);
        else resolve(reply.output);
      }, reply.afterMs ?? this.latencyMs);
    });
  }

  #read(command: unknown): Call {
    const { input } = command as { input: Record<string, string | undefined> };
    return {
      operation: operationOf(command),
      at: Date.now() - this.#startedAt,
      bearer: input['ChimeBearer'] ?? '',
      messageId: input['MessageId'],
      token: input['ClientRequestToken'],
      input: { ...input },
      command: command as object,
      endError: undefined,
    };
  }
}

function operationOf(command: unknown): Operation {
  if (command instanceof SendChannelMessageCommand) return 'send';
  if (command instanceof UpdateChannelMessageCommand) return 'update';
  if (command instanceof GetChannelMessageStatusCommand) return 'status';
  if (command instanceof GetChannelMessageCommand) return 'message';
  if (command instanceof ListChannelMessagesCommand) return 'list';
  throw new Error(`The scripted service does not know this command: ${String(command)}`);
}

/** An app's own websocket, scripted. */
export class ScriptedPush implements PushSource {
  readonly messages$: Subject<PushMessage> = new Subject();
  readonly link$: Subject<'up' | 'down'> = new Subject();
  readonly #bearer: string;

  constructor(bearer: string = ALICE) {
    this.#bearer = bearer;
  }

  up(): void {
    this.link$.next('up');
  }

  down(): void {
    this.link$.next('down');
  }

  /** The event that announces this status of a new message. */
  tells(messageId: string, status: Word, fields: object = {}): void {
    const type = status === 'SENT' ? 'CREATE_CHANNEL_MESSAGE' : `${status}_CREATE_CHANNEL_MESSAGE`;
    this.event(type, { MessageId: messageId, Status: { Value: status }, ...fields });
  }

  event(type: string, fields: object): void {
    const payload = { ChannelArn: CHANNEL, Sender: { Arn: this.#bearer, Name: 'somebody' }, ...fields };
    this.raw({ type, headers: {}, payload: JSON.stringify(payload) });
  }

  /** The latest messages of a channel, as they come after a connect. */
  prefetch(rows: Readonly<Record<string, Word>>): void {
    const ChannelMessages = Object.entries(rows).map(([MessageId, Value]) => ({
      MessageId,
      Sender: { Arn: this.#bearer },
      Status: { Value },
    }));
    this.event('CHANNEL_DETAILS', { Channel: { ChannelArn: CHANNEL }, ChannelMessages });
  }

  raw(message: PushMessage): void {
    this.messages$.next(message);
  }
}
