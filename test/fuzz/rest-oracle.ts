// What an answer of the service proves, read a second time and as plainly as can be: what does not stand here in so many
// words proves nothing.

import { isText, peek } from './peek.ts';

/** `missing` and `refused` prove something only together with more; what is on the network proves nothing at all. */
export type Proof =
  | 'PENDING'
  | 'SENT'
  | 'FAILED'
  | 'DENIED'
  /** It is there. */
  | 'stored'
  | 'missing'
  /** Missing, but perhaps in the words of a proxy. */
  | 'blank'
  | 'invalid'
  | 'forbidden'
  | 'refused'
  | 'unreachable';

const WORDS: readonly unknown[] = ['PENDING', 'SENT', 'FAILED', 'DENIED'];

/** Of an answer to GetChannelMessageStatus. */
export function proofOfStatus(output: unknown): Proof {
  const proof = proofOfField(peek(output, 'Status'));
  if (proof !== 'blank') return proof;
  const isOurs = isText(peek(peek(output, '$metadata'), 'requestId')) || isObject(peek(output, 'Status'));
  return isOurs ? 'missing' : 'blank';
}

/** Of an answer to GetChannelMessage, about `messageId`. */
export function proofOfMessage(messageId: string, output: unknown): Proof {
  const message = peek(output, 'ChannelMessage');
  const id = peek(message, 'MessageId');
  if (!isObject(message) || (id !== undefined && id !== messageId)) return 'blank';
  const proof = proofOfField(peek(message, 'Status'));
  return proof === 'blank' ? 'stored' : proof;
}

/** Of a page of ListChannelMessages, about `messageId`: absence proves nothing. */
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

/** The names of errors that the service is known to give. */
const KNOWN =
  /^((ExpiredToken|UnrecognizedClient|UnauthorizedClient|ThrottledClient|BadRequest|ResourceLimitExceeded|Forbidden|AccessDenied|NotFound|Conflict)Exception|RequestTimeTooSkewed|NotFoundError|ValidationError)$/;

/** Of what the client threw: what ends a delivery must be a 4xx that shows one of the service's marks. */
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
  // A client may not tell the status, but then it must be plain that it is the service's own exception.
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
