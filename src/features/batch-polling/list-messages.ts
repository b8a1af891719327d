/**
 * Requests one page of ListChannelMessages and reads ids, statuses and the fields that tell of edits. It does not keep the content.
 * `channel-pages.ts` chooses the page, `batch-poller.ts` applies it.
 */
import { ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { asObject, isNonEmptyString, tryRead } from '../../shared/unknown-json.ts';
import type { ServiceResult, Permit, Priority, HttpPort } from '../../core/ports/http.ts';
import { parseStatus, type ParsedStatus } from '../../core/parse-status.ts';
import { parseEditFields, readTime, type EditFields } from '../../core/edit-fields.ts';
import { PAGE_ROWS } from './page-economics.ts';

/** A page of a channel. */
export interface PageAddress {
  readonly channelArn: string;
  readonly chimeBearer: string;
  readonly subChannelId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter?: number | undefined;
  readonly token: string | undefined;
}

/** The status and the edit fields of a row. */
export interface Row extends ParsedStatus {
  readonly shown: Omit<EditFields, 'status'>;
  readonly createdAt?: number | undefined;
}

export interface PageRequest {
  readonly priority: Priority;
  readonly permit: Permit;
  readonly signal: AbortSignal;
  readonly onRequest: () => void;
  /** The ids of the deliveries that it is to settle. */
  readonly about: () => readonly string[];
}

/** The result of a page. */
export type PageResult =
  | { readonly kind: 'rows'; readonly rows: ReadonlyMap<string, Row>; readonly token: string | undefined }
  | { readonly kind: 'forbidden' | 'failed' }
  /** No result: the credentials are bad, or it was aborted. */
  | { readonly kind: 'nothing' };

export async function fetchPage(address: PageAddress, request: PageRequest, http: HttpPort): Promise<PageResult> {
  const { channelArn, chimeBearer, subChannelId, notBefore, notAfter, token } = address;
  const result = await http.execute({
    kind: 'list',
    about: request.about,
    chimeBearer,
    priority: request.priority,
    signal: request.signal,
    permit: request.permit,
    // Its deliveries can be polled one by one instead.
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

/** Pure. A response that is no page (an empty 200, say) has failed: it shows nothing, and its absences mean nothing. */
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
