// The operations that change messages: a send, an edit, a redaction, a deletion. `outcomes.ts` handles the flow of sends and
// edits.

import type { Channel } from './channels.ts';
import { removalEvent } from './events.ts';
import { askFlow } from './flow.ts';
import type { ServiceContext } from './service-context.ts';
import { idMint } from './ids.ts';
import type { MessageStatus, StoredMessage, StoredUpdate } from './message.ts';
import type { MessageView } from './message-view.ts';
import { statusView } from './message-view.ts';
import { Outcomes } from './outcomes.ts';
import type { ProcessorFlows } from './processor.ts';
import type { MessageRequest, SendRequest, UpdateRequest } from './requests.ts';
import { ServiceError } from './service-error.ts';
import { TokenMemory } from './tokens.ts';

export class Writes {
  readonly #context: ServiceContext;
  readonly #tokens = new TokenMemory<MessageView>();
  readonly #outcomes: Outcomes;
  readonly #nextId: () => string;

  readonly #flows: ProcessorFlows;

  constructor(context: ServiceContext, flows: ProcessorFlows) {
    this.#context = context;
    this.#flows = flows;
    this.#outcomes = new Outcomes(context.parts);
    this.#nextId = idMint(context.parts.world.random);
  }

  /** Creates a message; for a remembered token, returns the answer of its message. */
  send(request: SendRequest): MessageView {
    const { world, settings } = this.#context.parts;
    const now = world.now();
    const channel = this.#context.enter(request);
    const before = this.#tokens.recall(request, now, settings);
    if (before) return before;
    const message = newMessage(request, this.#nextId(), now);
    const decision =
      this.#flows.processOf(channel, message, message.content, message.metadata) ??
      askFlow(channel.flow ?? settings.flow, { ...message, kind: 'create' });
    this.#context.store.add(message);
    channel.lastMessageAt = now;
    this.#outcomes.create(channel, message, decision);
    const answer = writeAnswer(message, message.status);
    this.#tokens.remember(request, now, settings, answer);
    return answer;
  }

  /** An edit by the sender. It is a conflict while the message or an edit is PENDING, unless the settings say otherwise. */
  update(request: UpdateRequest): MessageView {
    const { world, settings } = this.#context.parts;
    const channel = this.#context.enter(request);
    const message = this.#context.own(request, 'update');
    const pendingPart = settings.editWhilePending === 'accepted' ? undefined : pendingPartOf(message);
    if (message.status === 'FAILED' || pendingPart !== undefined) {
      throw new ServiceError('ConflictException', `${pendingPart ?? 'The message'} is not SENT: ${message.messageId}.`);
    }
    const { content, metadata } = request;
    const decision =
      this.#flows.processOf(channel, message, content, metadata) ??
      askFlow(channel.flow ?? settings.flow, { ...message, content, metadata, kind: 'update' });
    const update: StoredUpdate = {
      content,
      metadata,
      status: 'PENDING',
      detail: undefined,
      createdAt: world.now(),
      decidedAt: undefined,
    };
    message.updates.push(update);
    this.#outcomes.update(channel, message, update, decision);
    return writeAnswer(message, update.status);
  }

  /** Hides the content for all users. The answer has no Status (documented). */
  redact(request: MessageRequest): MessageView {
    const channel = this.#context.enter(request);
    const message = this.#context.own(request, 'redact');
    message.redacted = true;
    message.lastUpdatedAt = this.#context.parts.world.now();
    this.#removed(channel, message, 'REDACT_CHANNEL_MESSAGE');
    return addressOf(message);
  }

  /** Deletes a message. The real service allows it only to moderators; here the sender may, too. */
  delete(request: MessageRequest): void {
    const channel = this.#context.enter(request);
    const message = channel.moderators.has(request.bearer)
      ? this.#context.readable(request)
      : this.#context.own(request, 'delete');
    message.deleted = true;
    this.#removed(channel, message, 'DELETE_CHANNEL_MESSAGE');
  }

  #removed(channel: Channel, message: StoredMessage, type: Parameters<typeof removalEvent>[1]): void {
    const { publish, settings } = this.#context.parts;
    publish(removalEvent({ channel, message, settings }, type));
  }
}

/** The part of a message that is PENDING, for the error; undefined if none is. */
function pendingPartOf({ status, updates }: StoredMessage): string | undefined {
  if (status === 'PENDING') return 'The message';
  return updates.some((update) => update.status === 'PENDING') ? 'An edit of the message' : undefined;
}

function newMessage(request: SendRequest, messageId: string, now: number): StoredMessage {
  const { bearer, ...fields } = request;
  return {
    ...fields,
    submittedContent: fields.content,
    messageId,
    sender: bearer,
    status: 'PENDING',
    detail: undefined,
    createdAt: now,
    decidedAt: undefined,
    lastUpdatedAt: now,
    lastEditedAt: undefined,
    redacted: false,
    deleted: false,
    updates: [],
  };
}

function addressOf({ channelArn, messageId, subChannelId }: StoredMessage): MessageView {
  const address: MessageView = { ChannelArn: channelArn, MessageId: messageId };
  if (subChannelId !== undefined) address['SubChannelId'] = subChannelId;
  return address;
}

function writeAnswer(message: StoredMessage, status: MessageStatus): MessageView {
  return { ...addressOf(message), Status: statusView(status, undefined) };
}
