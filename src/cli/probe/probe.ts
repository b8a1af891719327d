/**
 * Finds out on a real account what AWS does not publish: sends a few messages, reads and edits them, one request a second at most, and removes
 * them.
 */
import type {
  ChimeSDKMessagingClient,
  GetChannelMessageCommandOutput,
  SendChannelMessageCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import { parseBody, shapeOf, type Finding, type Found } from './findings.ts';
import type { RawAnswer, RecordingHandler } from './recording-handler.ts';

export interface ProbeOptions {
  readonly sdk: typeof import('@aws-sdk/client-chime-sdk-messaging');
  readonly client: ChimeSDKMessagingClient;
  readonly handler: RecordingHandler;
  readonly channelArn: string;
  readonly chimeBearer: string;
  /** A content that the channel flow denies. */
  readonly denyContent: string | undefined;
  /** How long the flow may take, in milliseconds. */
  readonly waitMs: number;
  /** Between two requests, in milliseconds. */
  readonly paceMs: number;
  readonly onStep: (step: string) => void;
}

export interface ProbeResult {
  readonly found: Found;
  readonly findings: readonly Finding[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Probe {
  readonly #options: ProbeOptions;
  readonly #found: Mutable<Found> = {};
  readonly #findings: Finding[] = [];
  readonly #sent: string[] = [];
  #lastRequestAt = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  async run(): Promise<ProbeResult> {
    try {
      const message = await this.#readLag();
      await this.#tokens(message);
      await this.#edits(message);
      await this.#denied();
      await this.#notPersistent();
      this.#headers();
    } finally {
      await this.#cleanUp();
    }
    return { found: this.#found, findings: this.#findings };
  }

  async #readLag(): Promise<{ readonly messageId: string; readonly token: string }> {
    this.#options.onStep('sends a message and reads it');
    const token = newToken();
    // Before the send: the lag is at most this long.
    const sentAt = Date.now() + this.#untilNext();
    const { MessageId: messageId = '' } = await this.#send('chime-delivery probe', token);
    let missing: string | undefined;
    for (;;) {
      const shape = shapeOf(await this.#status(messageId));
      if (shape === undefined) break;
      missing = shape;
      if (Date.now() - sentAt > this.#options.waitMs)
        throw new Error(`The message ${messageId} cannot be read (${shape}).`);
    }
    const lag = missing === undefined ? 0 : Date.now() - sentAt;
    this.#found.readLagMs = lag;
    if (missing !== undefined) this.#found.lagShape = missing as Found['lagShape'];
    this.#tell(
      'a new message can be read',
      missing === undefined ? 'at once' : `after some ${lag} ms; before: ${missing}`,
    );
    const status = await this.#untilDecided(messageId);
    this.#tell('the flow decided', status);
    return { messageId, token };
  }

  async #tokens({ messageId, token }: { readonly messageId: string; readonly token: string }): Promise<void> {
    this.#options.onStep('repeats a request token');
    const again = await this.#send('chime-delivery probe', token);
    this.#tell(
      'the same token, the same content',
      again.MessageId === messageId ? 'the same message' : 'a second message',
    );
    const other = await this.#send('chime-delivery probe, other content', token).catch(
      (error: unknown) => error as Error,
    );
    const isConflict = other instanceof Error;
    this.#found.knownToken = isConflict ? 'conflict' : 'same-answer';
    const what = isConflict
      ? other.name
      : other.MessageId === messageId
        ? 'the answer of the first message'
        : 'a second message';
    this.#tell('the same token, another content', what);
  }

  async #edits({ messageId }: { readonly messageId: string }): Promise<void> {
    this.#options.onStep('edits a message');
    await this.#update(messageId, 'chime-delivery probe, edited');
    const during = await this.#get(messageId);
    const isPending = during.ChannelMessage?.Status?.Value === 'PENDING';
    const isEdited = during.ChannelMessage?.LastEditedTimestamp !== undefined;
    const isApplied = during.ChannelMessage?.Content === 'chime-delivery probe, edited';
    if (!isApplied) {
      this.#found.pendingEdit = isPending ? 'pending' : 'unchanged';
      this.#found.editTimestamp = isEdited ? 'accepted' : 'applied';
    }
    this.#tell(
      'a message while the flow processes an edit',
      isApplied
        ? 'the edit was applied before it could be read'
        : `${isPending ? 'PENDING' : 'unchanged'}, ${isEdited ? 'with' : 'without'} LastEditedTimestamp`,
    );
    if (!isApplied) {
      const second = await this.#update(messageId, 'chime-delivery probe, edited again').catch(
        (error: unknown) => error as Error,
      );
      this.#found.editWhilePending = second instanceof Error ? 'conflict' : 'accepted';
      this.#tell('a second edit meanwhile', second instanceof Error ? second.name : 'accepted');
    }
    await this.#untilDecided(messageId);
  }

  async #denied(): Promise<void> {
    const { denyContent } = this.#options;
    if (denyContent === undefined) {
      this.#tell('the status of a denied message', 'not asked: give --deny-content');
      return;
    }
    this.#options.onStep('sends a message that is denied');
    const { MessageId: messageId = '' } = await this.#send(denyContent, newToken());
    const began = Date.now();
    let shape: ReturnType<typeof shapeOf>;
    do {
      shape = shapeOf(await this.#status(messageId));
      if (Date.now() - began > this.#options.waitMs) break;
    } while (shape === undefined);
    if (shape === undefined) {
      this.#tell('the status of a denied message', `the flow did not deny it within ${this.#options.waitMs / 1_000} s`);
      return;
    }
    this.#found.deniedShape = shape as Found['deniedShape'];
    this.#tell('the status of a denied message', shape);

    const { MessageId: edited = '' } = await this.#send('chime-delivery probe, to be edited', newToken());
    await this.#untilDecided(edited);
    await this.#update(edited, denyContent);
    const after = await this.#untilDecided(edited);
    this.#found.refusedEdit = after === 'SENT' ? 'unchanged' : 'shown';
    this.#tell('the status of a message whose edit was denied', after);
  }

  async #notPersistent(): Promise<void> {
    this.#options.onStep('sends a message that is not persistent');
    const { MessageId: messageId = '' } = await this.#send('chime-delivery probe', newToken(), 'NON_PERSISTENT');
    await this.#pause(2 * this.#options.paceMs);
    const answer = await this.#status(messageId);
    this.#tell('the status of a message that is not persistent', shapeOf(answer) ?? answer.body);
  }

  #headers(): void {
    const headers = this.#options.handler.last?.headers ?? {};
    const exposed = (headers['access-control-expose-headers'] ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase());
    this.#found.hideRequestId = headers['x-amzn-requestid'] === undefined;
    this.#found.exposedHeaders = exposed.filter(Boolean);
    this.#tell('headers that a page may read', exposed.join(', ') || 'none');
    this.#tell('Retry-After of a 429', 'not asked: the probe stays below the quota');
  }

  async #cleanUp(): Promise<void> {
    const { sdk, client, onStep } = this.#options;
    onStep('removes its messages');
    for (const messageId of this.#sent) {
      const input = this.#addressOf(messageId);
      // Only moderators may delete; a sender may redact. What the service does not keep needs neither.
      await this.#request(() => client.send(new sdk.DeleteChannelMessageCommand(input)))
        .catch(() => this.#request(() => client.send(new sdk.RedactChannelMessageCommand(input))))
        .catch(() => undefined);
    }
  }

  async #send(
    content: string,
    token: string,
    persistence: 'PERSISTENT' | 'NON_PERSISTENT' = 'PERSISTENT',
  ): Promise<SendChannelMessageCommandOutput> {
    const { sdk, channelArn, chimeBearer, client } = this.#options;
    const answer = await this.#request(() =>
      client.send(
        new sdk.SendChannelMessageCommand({
          ChannelArn: channelArn,
          ChimeBearer: chimeBearer,
          Content: content,
          Type: 'STANDARD',
          Persistence: persistence,
          ClientRequestToken: token,
        }),
      ),
    );
    if (answer.MessageId !== undefined && !this.#sent.includes(answer.MessageId)) this.#sent.push(answer.MessageId);
    return answer;
  }

  #update(messageId: string, content: string): Promise<object> {
    const { sdk, client } = this.#options;
    const input = { ...this.#addressOf(messageId), Content: content };
    return this.#request(() => client.send(new sdk.UpdateChannelMessageCommand(input)));
  }

  #get(messageId: string): Promise<GetChannelMessageCommandOutput> {
    const { sdk, client } = this.#options;
    return this.#request(() => client.send(new sdk.GetChannelMessageCommand(this.#addressOf(messageId))));
  }

  #addressOf(messageId: string): Record<'ChannelArn' | 'MessageId' | 'ChimeBearer', string> {
    const { channelArn, chimeBearer } = this.#options;
    return { ChannelArn: channelArn, MessageId: messageId, ChimeBearer: chimeBearer };
  }

  /** The answer as it came, an error of the service included. */
  async #status(messageId: string): Promise<RawAnswer> {
    const { sdk, client, handler } = this.#options;
    const input = this.#addressOf(messageId);
    handler.last = undefined;
    const error = await this.#request(() => client.send(new sdk.GetChannelMessageStatusCommand(input))).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { last } = handler as { last: RawAnswer | undefined };
    if (last === undefined || last.status === 429 || last.status >= 500) throw error as Error;
    return last;
  }

  async #untilDecided(messageId: string): Promise<string> {
    const began = Date.now();
    for (;;) {
      const answer = await this.#status(messageId);
      const value = parseBody(answer).Status?.Value;
      // One that cannot be read yet has no status either.
      if (value !== undefined && value !== 'PENDING') return value;
      if (Date.now() - began > this.#options.waitMs) return value ?? `no status (${answer.status})`;
    }
  }

  async #request<T>(send: () => Promise<T>): Promise<T> {
    await this.#pause(this.#untilNext());
    this.#lastRequestAt = Date.now();
    return send();
  }

  /** Milliseconds until the next request may leave. */
  #untilNext(): number {
    return Math.max(0, this.#lastRequestAt + this.#options.paceMs - Date.now());
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  #tell(question: string, answer: string): void {
    this.#findings.push({ question, answer });
  }
}

function newToken(): string {
  return crypto.randomUUID();
}
