// The operations that change something: a send, an edit, a redaction, a deletion. What becomes of a send or an edit in
// the flow is `outcomes.ts`'s.

import type { Channel } from './channels.ts';
import { removalEvent } from './events.ts';
import { askFlow } from './flow.ts';
import type { ServiceContext } from './service-context.ts';
import { idMint } from './ids.ts';
import type { MessageStatus, StoredMessage, StoredUpdate } from './message.ts';
import type { MessageView } from './message-view.ts';
import { statusView } from './message-view.ts';
import { Outcomes } from './outcomes.ts';
import type { MessageRequest, SendRequest, UpdateRequest } from './requests.ts';
import { ServiceError } from './service-error.ts';
import { TokenMemory } from './tokens.ts';

export class Writes {
  readonly #ground: ServiceContext;
  readonly #tokens = new TokenMemory<MessageView>();
  readonly #outcomes: Outcomes;
  readonly #nextId: () => string;

  constructor(ground: ServiceContext) {
    this.#ground = ground;
    this.#outcomes = new Outcomes(ground.parts);
    this.#nextId = idMint(ground.parts.world.random);
  }

  /** A new message, or, for a token that is remembered, the answer that its message got. */
  send(request: SendRequest): MessageView {
    const { world, settings } = this.#ground.parts;
    const now = world.now();
    const channel = this.#ground.enter(request);
    const before = this.#tokens.recall(request, now, settings);
    if (before) return before;
    const message = newMessage(request, this.#nextId(), now);
    const decision = askFlow(channel.flow ?? settings.flow, { ...message, kind: 'create' });
    this.#ground.store.add(message);
    this.#outcomes.create(channel, message, decision);
    const answer = writeAnswer(message, message.status);
    this.#tokens.remember(request, now, settings, answer);
    return answer;
  }

  /** An edit by the sender. One that comes while something is PENDING is a conflict, unless the settings say otherwise. */
  update(request: UpdateRequest): MessageView {
    const { world, settings } = this.#ground.parts;
    const channel = this.#ground.enter(request);
    const message = this.#ground.own(request, 'update');
    const obstacle = settings.editWhilePending === 'accepted' ? undefined : pendingPartOf(message);
    if (message.status === 'FAILED' || obstacle !== undefined) {
      throw new ServiceError('ConflictException', `${obstacle ?? 'The message'} is not SENT: ${message.messageId}.`);
    }
    const { content, metadata } = request;
    const decision = askFlow(channel.flow ?? settings.flow, { ...message, content, metadata, kind: 'update' });
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

  /** Hides the content for everybody. The answer has no Status (documented). */
  redact(request: MessageRequest): MessageView {
    const channel = this.#ground.enter(request);
    const message = this.#ground.own(request, 'redact');
    message.redacted = true;
    message.lastUpdatedAt = this.#ground.parts.world.now();
    this.#removed(channel, message, 'REDACT_CHANNEL_MESSAGE');
    return addressOf(message);
  }

  /** Deletes a message. The real service lets only moderators do it; here the sender may. */
  delete(request: MessageRequest): void {
    const channel = this.#ground.enter(request);
    const message = this.#ground.own(request, 'delete');
    message.deleted = true;
    this.#removed(channel, message, 'DELETE_CHANNEL_MESSAGE');
  }

  #removed(channel: Channel, message: StoredMessage, type: Parameters<typeof removalEvent>[1]): void {
    const { publish, settings } = this.#ground.parts;
    publish(removalEvent({ channel, message, settings }, type));
  }
}

/** What of a message is PENDING, if anything is. */
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
