// Maps a method and URL to an operation, as the SDK builds them (measured). `validate.ts` checks the parts of the path and the
// query.

import type { Operation } from '../service/operation.ts';
import { badRequest, ServiceError } from '../service/service-error.ts';

export interface Route {
  readonly operation: Operation;
  readonly channelArn: string | undefined;
  readonly messageId: string | undefined;
  readonly query: URLSearchParams;
}

/** The operation of a request; an unknown one is refused with an error that says why. */
export function routeOf(method: string, target: string): Route {
  const { pathname, searchParams: query } = urlOf(target);
  const [root, ...rest] = pathname.split('/').slice(1);
  if (root === 'endpoints' && rest.join('/') === 'messaging-session' && method === 'GET') {
    return { operation: 'GetMessagingSessionEndpoint', channelArn: undefined, messageId: undefined, query };
  }
  if (root !== 'channels')
    throw unknown(method, pathname, 'the emulator serves /channels/… and /endpoints/messaging-session');
  const [channel, messages, message, ...more] = rest;
  if (channel === undefined || messages !== 'messages' || more.length > 0) {
    throw unknown(
      method,
      pathname,
      'the emulator serves /channels/{channelArn}/messages and /channels/{channelArn}/messages/{messageId}, ' +
        'with the ARN percent-encoded into one path segment',
    );
  }
  const operation = message === undefined ? ofChannel(method) : ofMessage(method, query);
  if (!operation) throw unknown(method, pathname, 'no operation of the service has this method and query here');
  const messageId = message === undefined ? undefined : decoded(message);
  return { operation, channelArn: decoded(channel), messageId, query };
}

function ofChannel(method: string): Operation | undefined {
  if (method === 'POST') return 'SendChannelMessage';
  return method === 'GET' ? 'ListChannelMessages' : undefined;
}

function ofMessage(method: string, query: URLSearchParams): Operation | undefined {
  switch (method) {
    case 'GET': {
      const scope = query.get('scope');
      if (scope === null) return 'GetChannelMessage';
      return scope === 'message-status' ? 'GetChannelMessageStatus' : undefined;
    }
    case 'PUT':
      return 'UpdateChannelMessage';
    case 'DELETE':
      return 'DeleteChannelMessage';
    case 'POST':
      return query.get('operation') === 'redact' ? 'RedactChannelMessage' : undefined;
    default:
      return undefined;
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    if (cause instanceof URIError) throw badRequest(`The path segment ${segment} is not percent-encoded UTF-8.`);
    throw cause;
  }
}

function unknown(method: string, pathname: string, why: string): ServiceError {
  return new ServiceError('UnknownOperationException', `Unknown operation: ${method} ${pathname}; ${why}.`);
}

export function urlOf(target: string | undefined): URL {
  return new URL(`http://emulator${target?.startsWith('/') ? target : '/'}`);
}
