/**
 * Deliveries as they are kept: plain, versioned JSON. Whatever is read may have been written by anybody, or half: each field
 * is checked, and what does not fit is no record. Pure.
 */
import { asObject, tryRead } from '../../shared/unknown-json.ts';
import { expectArn, expectId, expectNumber } from '../../shared/validate.ts';
import { impliedToken } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import { wallTimeOf } from '../../shared/time.ts';
import type { RecordKind } from './keys.ts';

/** A delivery as it was when the record was written. */
export interface StoredDelivery {
  readonly id: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  readonly missingMeansDenied: boolean;
  readonly isEdit: boolean;
  /** The request token of a send. */
  readonly token: string | undefined;
  readonly contentDigest: number | undefined;
  /** By the wall clock, as all times of a record. */
  readonly trackedAt: number;
  /** Once the service has it. */
  readonly messageId: string | undefined;
  readonly sentAt: number;
  /** Its place among those of one process: several may begin in one millisecond. */
  readonly sequence: number;
  /** What to send again; absent where content is not kept. */
  readonly input: unknown;
}

const VERSION = 1;

/** @param owner the bearer of the tracker that keeps it; the message's own may be another */
export function writeRecord(record: DeliveryRecord, owner: string, place: number, input?: object): string {
  const { id, token, channelArn, chimeBearer, subChannelId, missingMeansDenied, isEdit, messageId } = record;
  // Of an edit alone: it is compared when the edit is read in the next life.
  const contentDigest = isEdit ? record.contentDigest : undefined;
  const times = { trackedAt: wallTrackedAt(record), sentAt: wallTimeOf(record.sentAt) };
  const delivery = {
    id,
    token,
    channelArn,
    chimeBearer,
    subChannelId,
    provable: missingMeansDenied,
    update: isEdit,
    contentDigest,
    messageId,
    ...times,
  };
  return JSON.stringify({ v: VERSION, owner, ...delivery, place, input });
}

/** A mark beside the record of a send, and of that record alone: the same id may be sent again in a later life. */
export function writeMarker(record: DeliveryRecord): string {
  return JSON.stringify({ v: VERSION, id: record.id, trackedAt: wallTrackedAt(record) });
}

/** The same in every record of one delivery, whatever the wall clock shows meanwhile. */
function wallTrackedAt({ trackedAt, clockOffset }: DeliveryRecord): number {
  return Math.round(trackedAt + clockOffset);
}

/** Whether `value` is a whole mark, and stands beside this record of a send. */
export function isMarkerOf(value: unknown, send: unknown): boolean {
  return tryRead(
    () => false,
    () => {
      const [mark, record] = [parse(value), parse(send)];
      const same = mark['id'] === record['id'] && mark['trackedAt'] === record['trackedAt'];
      return mark['v'] === VERSION && typeof mark['trackedAt'] === 'number' && same;
    },
  );
}

/** What `value` tells, or undefined where it is not a whole record of that kind and owner. A time to come is taken for now. */
export function readRecord(kind: RecordKind, value: unknown, owner: string, now: number): StoredDelivery | undefined {
  // Whichever field it is that does not fit: nothing of the record can be trusted then.
  return tryRead(
    () => undefined,
    () => read(kind, parse(value), owner, now),
  );
}

function read(
  kind: RecordKind,
  fields: Readonly<Record<string, unknown>>,
  owner: string,
  now: number,
): StoredDelivery | undefined {
  const { provable: missingMeansDenied, update: isEdit, subChannelId, input, token, contentDigest } = fields;
  if (fields['v'] !== VERSION || fields['owner'] !== owner) return undefined;
  if (typeof missingMeansDenied !== 'boolean' || typeof isEdit !== 'boolean') return undefined;
  const time = (name: string): number => Math.min(now, expectNumber(name, fields[name], { min: 0 }));
  const kept: StoredDelivery = {
    id: expectId('id', fields['id']),
    channelArn: expectArn('channelArn', fields['channelArn']),
    chimeBearer: expectArn('chimeBearer', fields['chimeBearer']),
    subChannelId: subChannelId === undefined ? undefined : expectId('subChannelId', subChannelId),
    missingMeansDenied,
    isEdit,
    token: token === undefined ? undefined : expectId('token', token),
    contentDigest:
      contentDigest === undefined ? undefined : expectNumber('contentDigest', contentDigest, { min: 0, integer: true }),
    trackedAt: time('trackedAt'),
    messageId: kind === 'accepted' ? expectId('messageId', fields['messageId']) : undefined,
    // The clock may have been set between the two: it did not leave before it was tracked.
    sentAt: Math.max(time('trackedAt'), time('sentAt')),
    sequence: expectNumber('place', fields['place'], { min: 0 }),
    input,
  };
  // 0.1.0 names no tokens.
  return { ...kept, token: kept.token ?? impliedToken(kept) };
}

/** unstorage parses what looks like JSON; others give the string that they were given. */
function parse(value: unknown): Readonly<Record<string, unknown>> {
  return asObject(typeof value === 'string' ? JSON.parse(value) : value) ?? {};
}
