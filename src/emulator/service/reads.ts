// The operations that only look: a message, its status, a page of a channel, the latest for prefetch.

import type { StoredMessage } from './message.ts';
import { statusAsRead } from './message.ts';
import type { MessageView } from './message-view.ts';
import { epochSeconds, fullMessageView, messageView, statusView } from './message-view.ts';
import type { Ground } from './ground.ts';
import { notFound } from './ground.ts';
import type { PageRequest } from './pages.ts';
import { pageOf } from './pages.ts';
import type { ChannelRequest, MessageRequest } from './requests.ts';
import { ServiceError } from './service-error.ts';
import { canRead, isStored } from './visibility.ts';

export class Reads {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get(request: MessageRequest): MessageView {
    this.#ground.enter(request);
    const message = this.#ground.readable(request);
    return { ChannelMessage: fullMessageView(message, request.bearer, epochSeconds) };
  }

  /** Only the sender may ask (assumed). What is not stored answers in the shape that the settings choose. */
  status(request: MessageRequest): MessageView {
    this.#ground.enter(request);
    const message = this.#ground.at(request);
    if (!message || !isStored(message, this.#ground.reader(request.bearer))) return this.#missing(request);
    if (message.sender !== request.bearer) {
      throw new ServiceError('ForbiddenException', `Only the sender may ask for the status of ${message.messageId}.`);
    }
    const value = statusAsRead(message);
    return { Status: statusView(value, value === message.status ? message.detail : undefined) };
  }

  list(request: ChannelRequest, page: PageRequest): MessageView {
    this.#ground.enter(request);
    const { channelArn, bearer, subChannelId } = request;
    const { rows, nextToken } = pageOf(this.#ground.store.inChannel(channelArn), page, this.#ground.reader(bearer));
    return {
      ChannelArn: channelArn,
      ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
      ChannelMessages: rows.map((row) => messageView(row, bearer, epochSeconds)),
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

  #missing(request: MessageRequest): MessageView {
    switch (this.#ground.parts.settings.deniedShape) {
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
}
