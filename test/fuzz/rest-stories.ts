// The results of a request: the service's responses and errors, mutated; each is a value that the client returns or
// throws.

import * as fc from 'fast-check';
import { channel } from '../support/delivery-record.ts';
import { mutated, strange, type Shape } from './strange.ts';

const status = fc.constantFrom('PENDING', 'PENDING', 'SENT', 'FAILED', 'DENIED', 'ARCHIVED');
const metadata = fc.record(
  { httpStatusCode: fc.constantFrom(200, 201, 204), requestId: fc.constant('r-1'), attempts: fc.constantFrom(1, 3) },
  { requiredKeys: ['httpStatusCode'] },
);
const told = fc.record({ Value: status, Detail: fc.constantFrom('', 'no answer') }, { requiredKeys: [] });

function often(usual: fc.Arbitrary<unknown>): fc.Arbitrary<Shape> {
  return fc.oneof({ weight: 8, arbitrary: mutated(usual) }, { weight: 1, arbitrary: strange });
}

/** GetChannelMessageStatus. */
export const statusOutput: fc.Arbitrary<Shape> = often(
  fc.record({ Status: told, $metadata: metadata }, { requiredKeys: ['$metadata'] }),
);

/** GetChannelMessage, about `messageId`. */
export function messageOutput(messageId: string): fc.Arbitrary<Shape> {
  const message = fc.record(
    {
      MessageId: fc.constantFrom(messageId, messageId, messageId, 'm-of-others'),
      Status: told,
      Content: fc.constant('x'),
    },
    { requiredKeys: ['MessageId'] },
  );
  return often(fc.record({ ChannelMessage: message, $metadata: metadata }, { requiredKeys: ['$metadata'] }));
}

/** ListChannelMessages, with rows about some of `messageIds`. */
export function pageOutput(messageIds: readonly string[]): fc.Arbitrary<Shape> {
  const row = fc.record(
    { MessageId: fc.constantFrom(...messageIds, 'm-of-others'), Status: told, Content: fc.constant('x') },
    { requiredKeys: ['MessageId'] },
  );
  const rows = fc.array(row, { maxLength: 12, size: 'max' });
  return often(
    fc.record(
      { ChannelMessages: rows, NextToken: fc.constant('more'), $metadata: metadata },
      { requiredKeys: ['ChannelMessages', '$metadata'] },
    ),
  );
}

/** SendChannelMessage, which made `messageId`. */
export function sendOutput(messageId: string): fc.Arbitrary<Shape> {
  return often(
    fc.record(
      { ChannelArn: fc.constant(channel), MessageId: fc.constant(messageId), Status: told, $metadata: metadata },
      { requiredKeys: ['ChannelArn', 'MessageId', '$metadata'] },
    ),
  );
}

/** The names that come with each status, the service's and others. */
const refusals = fc.constantFrom<[number | undefined, string][]>(
  [400, 'BadRequestException'],
  [400, 'ResourceLimitExceededException'],
  [401, 'UnauthorizedClientException'],
  ...Array.from({ length: 12 }, (): [number, string] => [403, 'ForbiddenException']),
  [403, 'AccessDeniedException'],
  [403, 'ExpiredTokenException'],
  [403, 'RequestTimeTooSkewed'],
  ...Array.from({ length: 6 }, (): [number, string] => [404, 'NotFoundException']),
  [404, 'UnknownOperationException'],
  [404, 'Unknown'],
  [404, 'SyntaxError'],
  [404, '404'],
  [403, 'FORBIDDEN'],
  [409, 'ConflictException'],
  [413, 'PayloadTooLargeException'],
  [429, 'ThrottledClientException'],
  [500, 'ServiceFailureException'],
  [502, 'SyntaxError'],
  [undefined, 'TypeError'],
  [undefined, 'AbortError'],
  [undefined, 'NotFoundError'],
  [undefined, 'ValidationError'],
  [undefined, 'ForbiddenException'],
);

/** The origin of the response: the service by its request id, its header or its type; a gateway only by its code. */
const marks = fc.constantFrom('id', 'id', 'id', 'id', 'id', 'header', 'type', 'code', 'Code', 'none');

/** Errors of a client. */
export const thrown: fc.Arbitrary<Shape> = often(
  fc
    .tuple(refusals, marks, fc.constantFrom(undefined, '1', '9e99', 'soon'))
    .map(([[httpStatusCode, name], mark, retryAfter]) => ({
      name,
      message: 'scripted',
      ...(mark === 'type' ? { __type: `com.amazonaws.chime#${name}` } : {}),
      ...(mark === 'code' || mark === 'Code' ? { [mark]: name } : {}),
      $metadata: { httpStatusCode, requestId: mark === 'id' ? 'r-1' : undefined, attempts: 1 },
      $response: {
        statusCode: httpStatusCode,
        headers: { 'retry-after': retryAfter, ...(mark === 'header' ? { 'x-amzn-errortype': `${name}:x` } : {}) },
      },
    })),
);
