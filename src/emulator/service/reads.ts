// The operations that only look: a message, its status, a page of a channel, the latest for prefetch.

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
  readonly #ground: ServiceContext;

  constructor(ground: ServiceContext) {
    this.#ground = ground;
  }

  get(request: MessageRequest): MessageView {
    this.#ground.enter(request);
    const message = this.#ground.readable(request);
    return { ChannelMessage: fullMessageView(message, this.#view(request.bearer)) };
  }

  /** Only the sender may ask (assumed). What is not stored answers in the shape that the settings choose. */
  status(request: MessageRequest): MessageView {
    this.#ground.enter(request);
    const { deniedShape, lagShape = deniedShape } = this.#ground.parts.settings;
    const message = this.#ground.at(request);
    if (!message || !isStored(message, this.#ground.reader(request.bearer))) {
      return missing(request, message && isKept(message) ? lagShape : deniedShape);
    }
    if (message.sender !== request.bearer) {
      throw new ServiceError('ForbiddenException', `Only the sender may ask for the status of ${message.messageId}.`);
    }
    return { Status: statusAsRead(message, this.#view(request.bearer)) };
  }

  list(request: ChannelRequest, page: PageRequest): MessageView {
    this.#ground.enter(request);
    const { channelArn, bearer, subChannelId } = request;
    const { rows, nextToken } = pageOf(this.#ground.store.inChannel(channelArn), page, this.#ground.reader(bearer));
    const view = this.#view(bearer);
    return {
      ChannelArn: channelArn,
      ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
      ChannelMessages: rows.map((row) => messageView(row, view)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  }

  /** The latest messages of a channel that this user can see, newest first, whatever their sub-channel. */
  latest(user: string, channelArn: string, count: number): StoredMessage[] {
    const reader = this.#ground.reader(user);
    const found: StoredMessage[] = [];
    const all = this.#ground.store.inChannel(channelArn);
    for (let index = all.length - 1; index >= 0 && found.length < count; index -= 1) {
      const message = all[index];
      if (message && canRead(message, reader)) found.push(message);
    }
    return found;
  }

  /** A message as prefetch shows it. */
  prefetched(user: string, message: StoredMessage): MessageView {
    return fullMessageView(message, { ...this.#view(user), time: isoString });
  }

  #view(user: string): View {
    const { settings } = this.#ground.parts;
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
