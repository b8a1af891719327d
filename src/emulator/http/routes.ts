// Maps a method and URL to an operation, as the SDK builds them (measured). `validate.ts` checks the parts of the path and the
// query.

import { isKnownPath, matchRoute } from './match-route.ts';
import type { Operation } from '../service/operation.ts';
import { badRequest, ServiceError } from '../service/service-error.ts';

export interface Route {
  readonly operation: Operation;
  /** The parts of the path, by the names of their members. */
  readonly labels: Readonly<Record<string, string>>;
  readonly channelArn: string | undefined;
  readonly messageId: string | undefined;
  readonly query: URLSearchParams;
}

/** The operation of a request; an unknown one is refused with an error that says why. */
export function routeOf(method: string, target: string): Route {
  const { pathname, searchParams: query } = urlOf(target);
  const segments = pathname.split('/').slice(1);
  const found = matchRoute(method, segments, query);
  if (found === undefined)
    throw unknown(
      method,
      pathname,
      isKnownPath(segments)
        ? 'no operation of the service has this method and query here'
        : 'the emulator serves /channels/…, /channel-flows/…, /tags and /endpoints/messaging-session, with each ARN ' +
            'percent-encoded into one path segment',
    );
  const { operation } = found;
  const labels = Object.fromEntries(Object.entries(found.labels).map(([name, segment]) => [name, decoded(segment)]));
  return { operation, labels, channelArn: labels['ChannelArn'], messageId: labels['MessageId'], query };
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
