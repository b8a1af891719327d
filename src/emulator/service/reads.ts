// The operations that only read: a message, its status, a page of a channel, the latest messages for prefetch.

import type { StoredMessage } from './message.ts';
import type { MessageView, View } from './message-view.ts';
import { fullMessageView, isoString, messageView, restTime, statusAsRead } from './message-view.ts';
import type { ServiceContext } from './service-context.ts';
import { notFound } from './service-context.ts';
import type { PageRequest } from './pages.ts';
import { pageOf } from './pages.ts';
import type { ChannelRequest, MessageRequest } from './requests.ts';
import { ServiceError } from './service-error.ts';
import type { DeniedShape } from './settings.ts';
import { canRead, isKept, isStored } from './visibility.ts';

export class Reads {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  get(request: MessageRequest): MessageView {
    this.#context.enter(request);
    const message = this.#context.readable(request);
    return { ChannelMessage: fullMessageView(message, this.#view(request.bearer)) };
  }

  /** Only the sender may read the status (assumed). The settings choose the answer for a message that is not stored. */
  status(request: MessageRequest): MessageView {
    this.#context.enter(request);
    const { deniedShape, lagShape = deniedShape } = this.#context.parts.settings;
    const message = this.#context.at(request);
    if (!message || !isStored(message, this.#context.reader(request.bearer))) {
      return missing(request, message && isKept(message) ? lagShape : deniedShape);
    }
    if (message.sender !== request.bearer) {
      throw new ServiceError('ForbiddenException', `Only the sender may ask for the status of ${message.messageId}.`);
    }
    return { Status: statusAsRead(message, this.#view(request.bearer)) };
  }

  list(request: ChannelRequest, page: PageRequest): MessageView {
    this.#context.enter(request);
    const { channelArn, bearer, subChannelId } = request;
    const { rows, nextToken } = pageOf(this.#context.store.inChannel(channelArn), page, this.#context.reader(bearer));
    const view = this.#view(bearer);
    return {
      ChannelArn: channelArn,
      ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
      ChannelMessages: rows.map((row) => messageView(row, view)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  }

  /** The latest messages of a channel that this user can see, newest first, of all sub-channels. */
  latest(user: string, channelArn: string, count: number): StoredMessage[] {
    const reader = this.#context.reader(user);
    const found: StoredMessage[] = [];
    const all = this.#context.store.inChannel(channelArn);
    for (let index = all.length - 1; index >= 0 && found.length < count; index -= 1) {
      const message = all[index];
      if (message && canRead(message, reader)) found.push(message);
    }
    return found;
  }

  /** The view of a message in the prefetch. */
  prefetched(user: string, message: StoredMessage): MessageView {
    return fullMessageView(message, { ...this.#view(user), time: isoString });
  }

  #view(user: string): View {
    const { settings } = this.#context.parts;
    return { user, settings, time: restTime(settings) };
  }
}

function missing(request: MessageRequest, shape: DeniedShape): MessageView {
  switch (shape) {
    case 'empty':
      return {};
    case 'no-status':
      return { Status: {} };
    case 'null':
      return { Status: null };
    case 'not-found':
      throw notFound(request);
  }
}
