// What a response of the service proves, parsed a second time and as plainly as possible: anything not listed here
// proves nothing.

import { isText, peek } from './peek.ts';

/** `missing` and `refused` prove something only together with more; a network failure proves nothing at all. */
export type Proof =
  | 'PENDING'
  | 'SENT'
  | 'FAILED'
  | 'DENIED'
  /** The message exists. */
  | 'stored'
  | 'missing'
  /** Missing, but maybe from a proxy. */
  | 'blank'
  | 'invalid'
  | 'forbidden'
  | 'refused'
  | 'unreachable';

const WORDS: readonly unknown[] = ['PENDING', 'SENT', 'FAILED', 'DENIED'];

/** For a response to GetChannelMessageStatus. */
export function proofOfStatus(output: unknown): Proof {
  const proof = proofOfField(peek(output, 'Status'));
  if (proof !== 'blank') return proof;
  const isOurs = isText(peek(peek(output, '$metadata'), 'requestId')) || isObject(peek(output, 'Status'));
  return isOurs ? 'missing' : 'blank';
}

/** For a response to GetChannelMessage, about `messageId`. */
export function proofOfMessage(messageId: string, output: unknown): Proof {
  const message = peek(output, 'ChannelMessage');
  const id = peek(message, 'MessageId');
  if (!isObject(message) || (id !== undefined && id !== messageId)) return 'blank';
  const proof = proofOfField(peek(message, 'Status'));
  return proof === 'blank' ? 'stored' : proof;
}

/** For a page of ListChannelMessages, about `messageId`: absence proves nothing. */
export function proofOfPage(messageId: string, output: unknown): Proof {
  const rows = peek(output, 'ChannelMessages');
  const row = Array.isArray(rows) ? rows.findLast((one: unknown) => peek(one, 'MessageId') === messageId) : undefined;
  return proofOfField(peek(row, 'Status'));
}

export function proofOfField(field: unknown): Proof {
  const word = peek(field, 'Value');
  if (WORDS.includes(word)) return word as Proof;
  if (word !== undefined && word !== null) return 'PENDING';
  return isObject(field) || field === undefined || field === null ? 'blank' : 'PENDING';
}

/** The names of the service's known errors. */
const KNOWN =
  /^((ExpiredToken|UnrecognizedClient|UnauthorizedClient|ThrottledClient|BadRequest|ResourceLimitExceeded|Forbidden|AccessDenied|NotFound|Conflict)Exception|RequestTimeTooSkewed|NotFoundError|ValidationError)$/;

/** For a client's error: a final one must be a 4xx with one of the service's marks. */
export function proofOfError(error: unknown): Proof {
  const response = peek(error, '$response');
  const name = peek(error, 'name');
  const given = typeof name === 'string' ? name : '';
  const types = [peek(peek(response, 'headers'), 'x-amzn-errortype'), peek(error, '__type')]
    .map((type) => (isText(type) ? type.replace(/^.*#/, '').replace(/:.*$/, '') : ''))
    .filter((type) => KNOWN.test(type));
  const named = types[0] ?? given;
  const status = peek(peek(error, '$metadata'), 'httpStatusCode') ?? peek(response, 'statusCode');
  const isCode = isText(given) && (peek(error, 'code') === given || peek(error, 'Code') === given);
  const isClass = response === undefined && given.endsWith('Exception') && !isCode;
  const isOurs = isText(peek(peek(error, '$metadata'), 'requestId')) || types.length > 0 || isClass;
  if (!isOurs || ['', 'SyntaxError', 'TypeError'].includes(given)) return 'unreachable';
  // A client may hide the status, but then the error must plainly be the service's own exception.
  const isRefusal = typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (status === undefined ? !named.endsWith('Exception') : !isRefusal) return 'unreachable';
  if (/^(BadRequest|Validation|Serialization|ResourceLimitExceeded)(Exception|Error)?$/.test(named)) return 'invalid';
  if (/^(Forbidden|AccessDenied)(Exception|Error)?$/.test(named)) return 'forbidden';
  if (/^(Resource)?NotFound(Exception|Error)?$/.test(named)) return 'missing';
  if (/^Conflict(Exception|Error)?$/.test(named)) return 'refused';
  if (status === undefined) return 'unreachable';
  if (named.endsWith('Exception')) return status === 400 ? 'invalid' : status === 403 ? 'forbidden' : 'refused';
  return status === 400 ? 'invalid' : status === 403 ? 'forbidden' : status === 404 ? 'missing' : 'refused';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
