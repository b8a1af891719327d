// ListChannelMessages: one page of the messages that a reader can see, and the token for the next page. The token is a position
// in the channel, so that messages that arrive between two pages neither shift nor repeat rows.

import type { StoredMessage } from './message.ts';
import { badRequest } from './service-error.ts';
import type { Reader } from './visibility.ts';
import { canRead } from './visibility.ts';

export interface PageRequest {
  readonly subChannelId: string | undefined;
  /** Milliseconds since the epoch, both ends included (assumed). */
  readonly notBefore: number | undefined;
  readonly notAfter: number | undefined;
  readonly newestFirst: boolean;
  readonly maxResults: number;
  readonly nextToken: string | undefined;
}

export interface Page {
  readonly rows: StoredMessage[];
  readonly nextToken: string | undefined;
}

/** A page of `messages`, which are sorted from the oldest on. */
export function pageOf(messages: readonly StoredMessage[], request: PageRequest, reader: Reader): Page {
  const step = request.newestFirst ? -1 : 1;
  let index = request.nextToken === undefined ? -1 : positionIn(request.nextToken);
  if (index < 0) index = request.newestFirst ? messages.length - 1 : 0;
  const rows: StoredMessage[] = [];
  for (let message = messages[index]; message !== undefined; index += step, message = messages[index]) {
    if (!inWindow(message, request) || !canRead(message, reader)) continue;
    if (rows.length === request.maxResults) return { rows, nextToken: tokenFor(index) };
    rows.push(message);
  }
  return { rows, nextToken: undefined };
}

function inWindow(message: StoredMessage, { subChannelId, notBefore, notAfter }: PageRequest): boolean {
  return (
    message.subChannelId === subChannelId &&
    (notBefore === undefined || message.createdAt >= notBefore) &&
    (notAfter === undefined || message.createdAt <= notAfter)
  );
}

function tokenFor(index: number): string {
  return `page-${index.toString(36)}`;
}

function positionIn(token: string): number {
  const digits = /^page-([0-9a-z]{1,9})$/.exec(token)?.[1];
  if (digits === undefined) throw badRequest(`NextToken is not one that this service gave out: ${token}`);
  return Number.parseInt(digits, 36);
}
