/**
 * The records of deliveries in the store: plain, versioned JSON. A record may have been written by other code, or only in part:
 * each field is checked, and an invalid record is ignored. Pure.
 */
import type { DeliveryDetails } from '../../core/delivery-details.ts';
import { deepFreeze } from '../../shared/json-copy.ts';
import { asObject, tryRead } from '../../shared/unknown-json.ts';
import { expectArn, expectId, expectNumber } from '../../shared/validate.ts';
import { impliedToken } from '../../core/identity.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import { wallTimeOf } from '../../shared/time.ts';
import type { RecordKind } from './keys.ts';

/** A delivery at the time when its record was written. */
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
  /** By the wall clock, like all times of a record. */
  readonly trackedAt: number;
  /** Known once the service has accepted the message. */
  readonly messageId: string | undefined;
  readonly sentAt: number;
  /** Its order among the deliveries of one process: several may begin in one millisecond. */
  readonly sequence: number;
  /** The input to send again; absent if content is not persisted. */
  readonly input: unknown;
  readonly details: DeliveryDetails;
}

const VERSION = 1;

/** @param owner the bearer of the tracker; the message's own bearer may be another */
export function writeRecord(record: DeliveryRecord, owner: string, place: number, withContent = true): string {
  const { id, token, channelArn, chimeBearer, subChannelId, missingMeansDenied, isEdit, messageId } = record;
  // Only for an edit: it is compared with the message when a later session reads it.
  const contentDigest = isEdit ? record.contentDigest : undefined;
  const times = { trackedAt: wallTrackedAt(record), sentAt: wallTimeOf(record.sentAt) };
  // The names on disk are those of 0.1.0: `provable`, `update`, `place`.
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
  const { type, persistence, context, retryOf, expireMs } = record.details;
  const details = { type, persistence, context, retryOf, expireMs };
  const content = withContent ? writeInput(record) : {};
  return JSON.stringify({ v: VERSION, owner, ...delivery, place, ...details, ...content });
}

/** The command's input, as in 0.1.0, and the names of its fields that the app has not given. */
function writeInput({ details: { input }, chimeBearer, token, isEdit }: DeliveryRecord): object {
  if (input === undefined) return {};
  const command = {
    ...input,
    ChimeBearer: chimeBearer,
    ...(isEdit || token === undefined ? {} : { ClientRequestToken: token }),
  };
  return { input: command, added: Object.keys(command).filter((name) => !(name in input)) };
}

/** A marker beside the record of a send. It names that record, since a later session may send the same id again. */
export function writeMarker(record: DeliveryRecord): string {
  return JSON.stringify({ v: VERSION, id: record.id, trackedAt: wallTrackedAt(record) });
}

/** The same in all records of one delivery, even if the wall clock is set meanwhile. */
function wallTrackedAt({ trackedAt, clockOffset }: DeliveryRecord): number {
  return Math.round(trackedAt + clockOffset);
}

/** Whether `value` is a valid marker of this record of a send. */
export function isMarkerOf(value: unknown, send: unknown): boolean {
  return tryRead(
    () => false,
    () => {
      const [marker, record] = [parse(value), parse(send)];
      const same = marker['id'] === record['id'] && marker['trackedAt'] === record['trackedAt'];
      return marker['v'] === VERSION && typeof marker['trackedAt'] === 'number' && same;
    },
  );
}

/** The delivery in `value`, or undefined if it is no valid record of this kind and owner. A future time counts as now. */
export function readRecord(kind: RecordKind, value: unknown, owner: string, now: number): StoredDelivery | undefined {
  // If any field is invalid, the whole record is.
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
  const stored: StoredDelivery = {
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
    // The clock may have been set between the two: a message is not sent before it is tracked.
    sentAt: Math.max(time('trackedAt'), time('sentAt')),
    sequence: expectNumber('place', fields['place'], { min: 0 }),
    input,
    details: readDetails(fields),
  };
  // Records of 0.1.0 have no token.
  return { ...stored, token: stored.token ?? impliedToken(stored) };
}

/** A field that is not what it has to be counts as absent: no outcome depends on it. */
function readDetails(fields: Readonly<Record<string, unknown>>): DeliveryDetails {
  const { type, persistence, context, retryOf, expireMs, added } = fields;
  const input = asObject(fields['input']);
  const without = Array.isArray(added) ? (added as unknown[]) : ADDED_IN_0_1_0;
  const given = input && Object.fromEntries(Object.entries(input).filter(([name]) => !without.includes(name)));
  return deepFreeze({
    type: type === 'STANDARD' || type === 'CONTROL' ? type : undefined,
    persistence: persistence === 'PERSISTENT' || persistence === 'NON_PERSISTENT' ? persistence : undefined,
    input: given as DeliveryDetails['input'],
    context,
    retryOf: typeof retryOf === 'string' ? retryOf : undefined,
    expireMs: typeof expireMs === 'number' && expireMs > 0 ? expireMs : undefined,
  });
}

/** Records of 0.1.0 do not say what was added to the input. */
const ADDED_IN_0_1_0: readonly unknown[] = ['ChimeBearer', 'ClientRequestToken'];

/** unstorage parses values that look like JSON; other stores return the string. */
function parse(value: unknown): Readonly<Record<string, unknown>> {
  return asObject(typeof value === 'string' ? JSON.parse(value) : value) ?? {};
}
