/**
 * One page of ListChannelMessages, read for ids, status and what tells of edits: the content of the rows is not kept. Which page to
 * ask for, and what it means for whom, is said elsewhere.
 */
import { ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { asObject, isNonEmptyString, tryRead } from '../../shared/unknown-json.ts';
import type { ServiceResult, Permit, Priority, HttpPort } from '../../core/ports/http.ts';
import { parseStatus, type ParsedStatus } from '../../core/parse-status.ts';
import { parseEditFields, readTime, type EditFields } from '../../core/edit-fields.ts';
import { PAGE_ROWS } from './page-economics.ts';

/** Which page of which channel. */
export interface PageAddress {
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter?: number | undefined;
  readonly token: string | undefined;
}

/** What a row tells of its message. */
export interface Row extends ParsedStatus {
  readonly shown: Omit<EditFields, 'status'>;
  readonly createdAt?: number | undefined;
}

export interface PageRequest {
  readonly priority: Priority;
  readonly permit: Permit;
  readonly signal: AbortSignal;
  readonly onRequest: () => void;
}

/** What a page says. */
export type PageResult =
  | { readonly kind: 'rows'; readonly rows: ReadonlyMap<string, Row>; readonly token: string | undefined }
  | { readonly kind: 'forbidden' | 'failed' }
  /** Nothing to learn: the credentials are bad, or it was called off. */
  | { readonly kind: 'nothing' };

export async function fetchPage(address: PageAddress, request: PageRequest, http: HttpPort): Promise<PageResult> {
  const { channelArn, chimeBearer, subChannelId, notBefore, notAfter, token } = address;
  const result = await http.execute({
    kind: 'list',
    chimeBearer,
    priority: request.priority,
    signal: request.signal,
    permit: request.permit,
    // Whoever waits for it can be asked for one by one instead.
    retry: false,
    onAttempt: request.onRequest,
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
  return parsePage(result);
}

/** Pure. What is not a page (an empty 200, say) has failed: it shows nothing, and its absences mean nothing. */
export function parsePage(result: ServiceResult): PageResult {
  if (!result.ok) {
    const { kind } = result.failure;
    if (kind === 'forbidden') return { kind };
    return { kind: kind === 'credentials' || kind === 'clock-skew' || kind === 'aborted' ? 'nothing' : 'failed' };
  }
  return tryRead<PageResult>(
    () => ({ kind: 'failed' }),
    () => parseRows(asObject(result.output) ?? {}),
  );
}

function parseRows({ ChannelMessages, NextToken }: Readonly<Record<string, unknown>>): PageResult {
  if (!Array.isArray(ChannelMessages)) return { kind: 'failed' };
  const rows = new Map<string, Row>();
  for (const row of ChannelMessages) {
    const fields = asObject(row) ?? {};
    const { MessageId, Status, CreatedTimestamp } = fields;
    if (typeof MessageId !== 'string') continue;
    const createdAt = readTime(CreatedTimestamp);
    rows.set(MessageId, { ...parseStatus(Status), shown: parseEditFields(fields), createdAt });
  }
  return { kind: 'rows', rows, token: isNonEmptyString(NextToken) ? NextToken : undefined };
}
