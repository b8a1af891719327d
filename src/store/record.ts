/**
 * Deliveries as they are kept: plain, versioned JSON. Whatever is read may have been written by anybody, or half: each field
 * is checked, and what does not fit is no record. Pure.
 */
import { asRecord, readOr } from '../core/as-record.ts';
import { expectArn, expectId, expectNumber } from '../core/expect.ts';
import type { Known } from '../core/known.ts';
import type { RecordKind } from './keys.ts';

/** A delivery as it was when the record was written. */
export interface Kept {
  readonly id: string;
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  readonly provable: boolean;
  readonly update: boolean;
  readonly trackedAt: number;
  /** Once the service has it. */
  readonly messageId: string | undefined;
  readonly sentAt: number;
  /** Its place among those of one process: several may begin in one millisecond. */
  readonly place: number;
  /** What to send again; absent where content is not kept. */
  readonly input: unknown;
}

const VERSION = 1;

/** @param owner the bearer of the tracker that keeps it; the message's own may be another */
export function writeRecord(known: Known, owner: string, place: number, input?: object): string {
  const { id, channelArn, chimeBearer, subChannelId, provable, update, trackedAt, messageId, sentAt } = known;
  const delivery = { id, channelArn, chimeBearer, subChannelId, provable, update, trackedAt, messageId, sentAt };
  return JSON.stringify({ v: VERSION, owner, ...delivery, place, input });
}

/** A mark beside the record of a send, and of that record alone: the same id may be sent again in a later life. */
export function writeMark({ id, trackedAt }: Pick<Known, 'id' | 'trackedAt'>): string {
  return JSON.stringify({ v: VERSION, id, trackedAt });
}

/** Whether `value` is a whole mark, and stands beside this record of a send. */
export function isMarkOf(value: unknown, send: unknown): boolean {
  return readOr(
    () => false,
    () => {
      const [mark, record] = [parse(value), parse(send)];
      const same = mark['id'] === record['id'] && mark['trackedAt'] === record['trackedAt'];
      return mark['v'] === VERSION && typeof mark['trackedAt'] === 'number' && same;
    },
  );
}

/** What `value` tells, or undefined where it is not a whole record of that kind and owner. A time to come is taken for now. */
export function readRecord(kind: RecordKind, value: unknown, owner: string, now: number): Kept | undefined {
  // Whichever field it is that does not fit: nothing of the record can be trusted then.
  return readOr(
    () => undefined,
    () => read(kind, parse(value), owner, now),
  );
}

function read(
  kind: RecordKind,
  fields: Readonly<Record<string, unknown>>,
  owner: string,
  now: number,
): Kept | undefined {
  const { provable, update, subChannelId, input } = fields;
  if (fields['v'] !== VERSION || fields['owner'] !== owner) return undefined;
  if (typeof provable !== 'boolean' || typeof update !== 'boolean') return undefined;
  const time = (name: string): number => Math.min(now, expectNumber(name, fields[name], { min: 0 }));
  return {
    id: expectId('id', fields['id']),
    channelArn: expectArn('channelArn', fields['channelArn']),
    chimeBearer: expectArn('chimeBearer', fields['chimeBearer']),
    subChannelId: subChannelId === undefined ? undefined : expectId('subChannelId', subChannelId),
    provable,
    update,
    trackedAt: time('trackedAt'),
    messageId: kind === 'sent' ? expectId('messageId', fields['messageId']) : undefined,
    sentAt: time('sentAt'),
    place: expectNumber('place', fields['place'], { min: 0 }),
    input,
  };
}

/** unstorage parses what looks like JSON; others give the string that they were given. */
function parse(value: unknown): Readonly<Record<string, unknown>> {
  return asRecord(typeof value === 'string' ? JSON.parse(value) : value) ?? {};
}
