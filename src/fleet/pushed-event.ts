/**
 * Parses a push event that was heard anywhere: a websocket's message as a session's observer gets it (`type`, `payload`) or as it is on
 * the wire (`Headers`, `Payload`), or a record of the app instance's Kinesis stream (`EventType`, `Payload`; assumed: the names of the
 * events are documented, the record's format is not). A payload is an object, or JSON text. Pure.
 */
import { InvalidArgumentError } from '../shared/errors.ts';
import { asObject } from '../shared/unknown-json.ts';
import { expectArn, expectObject, expectString } from '../shared/validate.ts';
import type { PushedWord } from './pushed-word.ts';

/** A websocket's message, as a session's observer gets it, or a record of a Kinesis stream. */
export type FleetEvent =
  | { readonly type: string; readonly payload?: string | null | undefined }
  | { readonly EventType: string; readonly Payload: unknown }
  | { readonly Headers: Readonly<Record<string, unknown>>; readonly Payload: unknown };

/** Undefined where the event is about no message. */
export function parsePushed(event: FleetEvent, chimeBearer: string | undefined): PushedWord | undefined {
  const given = expectObject('event', '{ type, payload }, { Headers, Payload } or { EventType, Payload }', event);
  const onWire = asObject(given['Headers'])?.['x-amz-chime-event-type'];
  const type = expectString('event.type', given['type'] ?? given['EventType'] ?? onWire);
  if (chimeBearer !== undefined) expectArn('chimeBearer', chimeBearer);
  if (!relevant.has(type)) return undefined;
  const payload = bodyOf(given['payload'] ?? given['Payload']);
  const sender = asObject(payload['Sender'])?.['Arn'];
  const bearer = typeof sender === 'string' ? sender : chimeBearer;
  if (bearer === undefined && !type.startsWith('DELETE_'))
    throw new InvalidArgumentError(
      'chimeBearer',
      'the user of the websocket, since the event names no sender',
      undefined,
    );
  const body = sender === undefined && bearer !== undefined ? { ...payload, Sender: { Arn: bearer } } : payload;
  return { bearer, type, payload: JSON.stringify(body) };
}

/** A PENDING event is no outcome, and the prefetch's rows are of many senders. */
const relevant: ReadonlySet<string> = new Set([
  ...['', 'DENIED_', 'FAILED_'].flatMap((outcome) => [
    `${outcome}CREATE_CHANNEL_MESSAGE`,
    `${outcome}UPDATE_CHANNEL_MESSAGE`,
  ]),
  'REDACT_CHANNEL_MESSAGE',
  'DELETE_CHANNEL_MESSAGE',
  'DELETE_CHANNEL',
]);

function bodyOf(payload: unknown): Readonly<Record<string, unknown>> {
  let body = payload;
  try {
    if (typeof payload === 'string') body = JSON.parse(payload);
  } catch (cause) {
    throw new InvalidArgumentError('event.payload', 'JSON', payload, { cause });
  }
  return expectObject('event.payload', 'a JSON object', body);
}
