/**
 * The records of a fleet: compact text, since there may be a million. ARNs stand beside it, since an engine keeps each of them once; a
 * MessageId of hexadecimal digits takes half its length, and a field that has its default is left out. Times are the engine's. Pure.
 */
import type { DeliveryDetails, MessagePersistence, MessageType } from '../core/delivery-details.ts';
import { asObject, tryRead } from '../shared/unknown-json.ts';
import type { StoredRecord } from './engine.ts';

/**
 * Where a delivery is. `unsent`: the holder sends it, and nothing has left. `sending`: the service may have it. `calling`: the
 * process that was asked to send it does so, and keeps the content. `accepted`: the service has it.
 */
export type FleetStage = 'unsent' | 'sending' | 'calling' | 'accepted';

export interface FleetRecord {
  readonly stage: FleetStage;
  readonly chimeBearer: string;
  readonly channelArn: string;
  readonly subChannelId?: string | undefined;
  readonly isEdit: boolean;
  readonly token?: string | undefined;
  readonly messageId?: string | undefined;
  readonly missingMeansDenied: boolean;
  /** By the engine's clock, in milliseconds since the epoch. */
  readonly trackedAt: number;
  readonly sentAt: number;
  /** The order among the deliveries that one process has begun in one millisecond. */
  readonly order?: number | undefined;
  readonly contentDigest?: number | undefined;
  readonly details: DeliveryDetails;
}

const VERSION = '1';
const stages: readonly FleetStage[] = ['unsent', 'sending', 'calling', 'accepted'];
/** The MessageId is the id of the delivery. */
const SAME_ID = '.';
const EDIT = 4;
const PROVABLE = 8;

export function encodeRecord(record: FleetRecord, id: string): StoredRecord {
  const { chimeBearer, channelArn, subChannelId, token, messageId, trackedAt, sentAt, order, details } = record;
  const flags = stages.indexOf(record.stage) | (record.isEdit ? EDIT : 0) | (record.missingMeansDenied ? PROVABLE : 0);
  const { input, context, type, persistence, retryOf, expireMs } = details;
  const rest = Object.entries({
    c: record.contentDigest,
    e: expireMs,
    i: input,
    o: order === 0 ? undefined : order,
    p: persistence,
    r: retryOf,
    s: subChannelId,
    t: token === id ? undefined : (token ?? null),
    x: context,
    y: type,
  }).filter(([, value]) => value !== undefined);
  const fields = [
    flags.toString(36),
    Math.round(trackedAt).toString(36),
    Math.round(sentAt - trackedAt).toString(36),
    messageId === undefined ? '' : messageId === id ? SAME_ID : packId(messageId),
  ];
  return {
    names: [chimeBearer, channelArn],
    text: `${VERSION}${fields.join(',')}${rest.length > 0 ? `,${JSON.stringify(Object.fromEntries(rest))}` : ''}`,
  };
}

/** Undefined where it is no record of this version: a later one may have written it. */
export function decodeRecord(stored: StoredRecord, id: string): FleetRecord | undefined {
  return tryRead(
    () => undefined,
    () => decode(stored, id),
  );
}

function decode({ names, text }: StoredRecord, id: string): FleetRecord | undefined {
  if (!text.startsWith(VERSION)) return undefined;
  const parts = text.slice(1).split(',', 4);
  const [flagText = '', tracked = '', since = '', packed = ''] = parts;
  const [chimeBearer, channelArn] = names;
  const [flags, trackedAt, elapsed] = [flagText, tracked, since].map((each) => Number.parseInt(each, 36));
  const stage = stages[(flags ?? NaN) & 3];
  if (flags === undefined || Number.isNaN(flags) || stage === undefined) return undefined;
  if (chimeBearer === undefined || channelArn === undefined || names.includes('') || !Number.isFinite(trackedAt))
    return undefined;
  const rest = text.slice(1 + parts.join(',').length + 1);
  const more = rest === '' ? {} : (asObject(JSON.parse(rest)) ?? {});
  return {
    stage,
    chimeBearer,
    channelArn,
    subChannelId: textOf(more['s']),
    isEdit: (flags & EDIT) !== 0,
    missingMeansDenied: (flags & PROVABLE) !== 0,
    token: more['t'] === null ? undefined : (textOf(more['t']) ?? id),
    messageId: packed === '' ? undefined : packed === SAME_ID ? id : unpackId(packed),
    trackedAt: trackedAt ?? 0,
    sentAt: (trackedAt ?? 0) + (elapsed ?? 0),
    order: numberOf(more['o']) ?? 0,
    contentDigest: numberOf(more['c']),
    details: {
      input: asObject(more['i']) as DeliveryDetails['input'],
      context: more['x'],
      type: textOf(more['y']) as MessageType | undefined,
      persistence: textOf(more['p']) as MessagePersistence | undefined,
      retryOf: textOf(more['r']),
      expireMs: numberOf(more['e']),
    },
  };
}

const HEX = /^(?:[0-9a-f]{2}){16,64}$/;

/** A MessageId of hexadecimal digits as base64url; any other is kept, behind a `=`. */
function packId(id: string): string {
  return HEX.test(id) ? Buffer.from(id, 'hex').toString('base64url') : `=${id}`;
}

function unpackId(packed: string): string {
  return packed.startsWith('=') ? packed.slice(1) : Buffer.from(packed, 'base64url').toString('hex');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
