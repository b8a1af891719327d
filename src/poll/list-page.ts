/**
 * One page of ListChannelMessages, read for ids, status and what tells of edits: the content of the rows is not kept. Which page to
 * ask for, and what it means for whom, is said elsewhere.
 */
import { ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { asRecord, isText, readOr } from '../core/as-record.ts';
import type { Answer, Permit, Priority, Road } from '../core/ports.ts';
import { readStatusField, type StatusField } from '../core/status-field.ts';
import { PAGE_ROWS } from './page-value.ts';
import { readShown, readTime } from './read-answer.ts';
import type { Shown } from './read-edit.ts';

/** Which page of which channel. */
export interface PageOrder {
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter?: number | undefined;
  readonly token: string | undefined;
}

/** What a row tells of its message. */
export interface Row extends StatusField {
  readonly shown: Omit<Shown, 'status'>;
  readonly createdAt?: number | undefined;
}

export interface PageErrand {
  readonly priority: Priority;
  readonly permit: Permit;
  readonly signal: AbortSignal;
  readonly onRequest: () => void;
}

/** What a page says. */
export type PageReading =
  | { readonly kind: 'rows'; readonly rows: ReadonlyMap<string, Row>; readonly token: string | undefined }
  | { readonly kind: 'forbidden' | 'failed' }
  /** Nothing to learn: the credentials are bad, or it was called off. */
  | { readonly kind: 'nothing' };

export async function askForPage(order: PageOrder, errand: PageErrand, road: Road): Promise<PageReading> {
  const { channelArn, chimeBearer, subChannelId, notBefore, notAfter, token } = order;
  const answer = await road.run({
    kind: 'list',
    chimeBearer,
    priority: errand.priority,
    signal: errand.signal,
    permit: errand.permit,
    // Whoever waits for it can be asked for one by one instead.
    once: true,
    onAttempt: errand.onRequest,
    command: () =>
      new ListChannelMessagesCommand({
        ChannelArn: channelArn,
        ChimeBearer: chimeBearer,
        SortOrder: 'DESCENDING',
        NotBefore: new Date(notBefore),
        MaxResults: PAGE_ROWS,
        ...(notAfter === undefined ? {} : { NotAfter: new Date(notAfter) }),
        ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
  });
  return readPage(answer);
}

/** Pure. What is not a page (an empty 200, say) has failed: it shows nothing, and its absences mean nothing. */
export function readPage(answer: Answer): PageReading {
  if (!answer.ok) {
    const { kind } = answer.trouble;
    if (kind === 'forbidden') return { kind };
    return { kind: kind === 'credentials' || kind === 'skew' || kind === 'aborted' ? 'nothing' : 'failed' };
  }
  return readOr<PageReading>(
    () => ({ kind: 'failed' }),
    () => readRows(asRecord(answer.output) ?? {}),
  );
}

function readRows({ ChannelMessages, NextToken }: Readonly<Record<string, unknown>>): PageReading {
  if (!Array.isArray(ChannelMessages)) return { kind: 'failed' };
  const rows = new Map<string, Row>();
  for (const row of ChannelMessages) {
    const fields = asRecord(row) ?? {};
    const { MessageId, Status, CreatedTimestamp } = fields;
    if (typeof MessageId !== 'string') continue;
    const createdAt = readTime(CreatedTimestamp);
    rows.set(MessageId, { ...readStatusField(Status), shown: readShown(fields), createdAt });
  }
  return { kind: 'rows', rows, token: isText(NextToken) ? NextToken : undefined };
}
