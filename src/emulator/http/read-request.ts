// Parses a routed HTTP request into the request of an operation; each field is checked. The limits are the service's.

import type { MessageRequest, ChannelRequest, SendRequest, UpdateRequest } from '../service/requests.ts';
import type { PageRequest } from '../service/pages.ts';
import { operations } from '../model/operations.ts';
import type { Operation } from '../service/operation.ts';
import { badRequest } from '../service/service-error.ts';
import type { Route } from './routes.ts';
import * as check from './validate.ts';

/** A routed request with its bearer; the body is not parsed yet. */
export interface RoutedRequest {
  readonly route: Route;
  readonly bearer: string;
  readonly body: string;
}

export const BEARER_HEADER = 'x-amz-chime-bearer';

/** The bearer of an operation: required, optional, or (a flow's callback, for example) none. */
export function bearerOf(operation: Operation, header: string | undefined): string {
  const member = operations[operation].input['ChimeBearer'];
  if (member === undefined) return '';
  return member.required === true || (header ?? '') !== '' ? readBearer(header) : '';
}

export function readBearer(header: string | undefined): string {
  if (header === undefined || header === '') {
    throw badRequest('Missing header x-amz-chime-bearer: it names the ARN of the user or bot that makes the call.');
  }
  return check.arn('x-amz-chime-bearer', header, '/user/', '/bot/');
}

export function readSend({ route, bearer, body }: RoutedRequest): SendRequest {
  const fields = check.jsonObject(body);
  const type = check.word('Type', fields['Type'], ['STANDARD', 'CONTROL']);
  const content = check.text('Content', fields['Content'], 1, 4096);
  const metadata = check.optional(fields['Metadata'], (value) => check.text('Metadata', value, 0, 1024));
  if (type === 'CONTROL') checkControl(content, metadata);
  return {
    ...channelOf(route, bearer, fields['SubChannelId']),
    content,
    type,
    metadata,
    persistence: check.word('Persistence', fields['Persistence'], ['PERSISTENT', 'NON_PERSISTENT']),
    token: check.token('ClientRequestToken', fields['ClientRequestToken']),
    contentType: check.optional(fields['ContentType'], (value) => check.text('ContentType', value, 0, 45)),
    attributes: fields['MessageAttributes'] ?? undefined,
    target: check.optional(fields['Target'], targetOf),
  };
}

export function readUpdate({ route, bearer, body }: RoutedRequest): UpdateRequest {
  const fields = check.jsonObject(body);
  return {
    ...messageOf(route, bearer, fields['SubChannelId']),
    content: check.text('Content', fields['Content'], 1, 4096),
    metadata: check.optional(fields['Metadata'], (value) => check.text('Metadata', value, 0, 1024)),
  };
}

export function readRedact({ route, bearer, body }: RoutedRequest): MessageRequest {
  return messageOf(route, bearer, body === '' ? undefined : check.jsonObject(body)['SubChannelId']);
}

/** A request about one message, with all its fields in the URL. */
export function readByUrl({ route, bearer }: RoutedRequest): MessageRequest {
  return messageOf(route, bearer, route.query.get('sub-channel-id'));
}

export function readList({ route, bearer }: RoutedRequest): [ChannelRequest, PageRequest] {
  const { query } = route;
  const channel = channelOf(route, bearer, query.get('sub-channel-id'));
  const order = check.optional(query.get('sort-order'), (value) =>
    check.word('sort-order', value, ['ASCENDING', 'DESCENDING']),
  );
  return [
    channel,
    {
      subChannelId: channel.subChannelId,
      notBefore: check.optional(query.get('not-before'), (value) => check.time('not-before', value)),
      notAfter: check.optional(query.get('not-after'), (value) => check.time('not-after', value)),
      newestFirst: order !== 'ASCENDING',
      // The page size without max-results is not documented; the largest allowed is assumed.
      maxResults:
        check.optional(query.get('max-results'), (value) => check.wholeNumber('max-results', value, 1, 50)) ?? 50,
      nextToken: query.get('next-token') ?? undefined,
    },
  ];
}

function channelOf(route: Route, bearer: string, subChannelId: unknown): ChannelRequest {
  return {
    bearer,
    channelArn: check.arn('ChannelArn', route.channelArn, '/channel/'),
    subChannelId: check.optional(subChannelId, (value) => check.id('SubChannelId', value)),
  };
}

function messageOf(route: Route, bearer: string, subChannelId: unknown): MessageRequest {
  return { ...channelOf(route, bearer, subChannelId), messageId: check.id('MessageId', route.messageId) };
}

function checkControl(content: string, metadata: string | undefined): void {
  const bytes = new TextEncoder().encode(content).length;
  if (bytes > 30) throw badRequest(`Expected Content of a CONTROL message to be at most 30 bytes; got ${bytes}.`);
  if (metadata !== undefined) throw badRequest('A CONTROL message carries no Metadata.');
}

function targetOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length !== 1) throw badRequest('Expected Target to be a list of one member.');
  return value.map((one: unknown) => {
    const member = typeof one === 'object' && one !== null && 'MemberArn' in one ? one.MemberArn : undefined;
    return check.arn('Target.MemberArn', member, '/user/', '/bot/');
  });
}
