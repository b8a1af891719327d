/**
 * The messages of a channel since a time or a message, in the service's order, within the budget: what push has missed while the
 * link was down. Rows that push brings meanwhile are left out, and every row also tells the tracker of its own messages.
 */
import {
  GetChannelMessageCommand,
  ListChannelMessagesCommand,
  type ChannelMessageSummary,
  type ListChannelMessagesCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging';
import { filter, type Observable } from 'rxjs';
import { readTime } from '../core/edit-fields.ts';
import type { EvidenceReport } from '../core/delivery-registry.ts';
import { parseStatus } from '../core/parse-status.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import { monotonicNow } from '../shared/time.ts';
import { isId } from '../shared/validate.ts';
import type { Calls } from './call.ts';
import { parseCatchUp, type CatchUpOptions, type ParsedCatchUp } from './catch-up-options.ts';

export interface CatchUpPorts {
  readonly calls: Pick<Calls, 'call'>;
  readonly chimeBearer: string;
  /** What push tells, of whichever member. */
  readonly pushed$: Observable<EvidenceReport>;
  readonly report: (report: EvidenceReport) => void;
}

/** Documented: a page has at most 50 rows. */
const PAGE_ROWS = 50;

export function catchUp(options: CatchUpOptions, ports: CatchUpPorts): AsyncIterableIterator<ChannelMessageSummary> {
  const parsed = parseCatchUp(options, ports.chimeBearer);
  const pushed = new Set<string>();
  // From the call on, not from the first row: the app gets what push brings from now on by itself.
  const subscription = ports.pushed$
    .pipe(filter((report) => 'message' in report && report.message.channelArn === parsed.channelArn))
    .subscribe((report) => {
      if ('message' in report && report.evidence.source === 'websocket' && report.message.isEdit === false)
        pushed.add(report.message.messageId);
    });
  const rows = readRows(parsed, pushed, ports);
  return {
    next: async () => {
      try {
        const result = await rows.next();
        if (result.done === true) subscription.unsubscribe();
        return result;
      } catch (error) {
        subscription.unsubscribe();
        throw error;
      }
    },
    return: () => {
      subscription.unsubscribe();
      return rows.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* readRows(
  { channelArn, chimeBearer, subChannelId, after, limit, signal }: ParsedCatchUp,
  pushed: ReadonlySet<string>,
  { calls, report }: CatchUpPorts,
): AsyncGenerator<ChannelMessageSummary, undefined> {
  const address = {
    ChannelArn: channelArn,
    ChimeBearer: chimeBearer,
    ...(subChannelId === undefined ? {} : { SubChannelId: subChannelId }),
  };
  const at = after.at ?? (await createdAt({ ...address, MessageId: after.messageId ?? '' }, calls, signal));
  const told = new Set([after.messageId]);
  let token: string | undefined;
  let left = limit;
  do {
    const page: ListChannelMessagesCommandOutput = await calls.call(
      new ListChannelMessagesCommand({
        ...address,
        SortOrder: 'ASCENDING',
        NotBefore: new Date(at),
        MaxResults: PAGE_ROWS,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
      { signal },
    );
    for (const row of page.ChannelMessages ?? []) {
      const { MessageId: messageId } = row;
      if (messageId === undefined || told.has(messageId)) continue;
      told.add(messageId);
      reportRow(row, { channelArn, subChannelId }, report);
      if (pushed.has(messageId)) continue;
      yield row;
      left -= 1;
      if (left === 0) return undefined;
    }
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return undefined;
}

/** The row may be of a pending delivery: then no poll is needed for it. */
function reportRow(
  row: ChannelMessageSummary,
  address: { readonly channelArn: string; readonly subChannelId: string | undefined },
  report: CatchUpPorts['report'],
): void {
  const { status, detail } = parseStatus(row.Status);
  const { MessageId: messageId } = row;
  if (status === undefined || !isId(messageId)) return;
  const message = { ...address, messageId, sender: row.Sender?.Arn, isEdit: false };
  report({ message, evidence: { kind: 'status', source: 'list', at: monotonicNow(), status, detail } });
}

async function createdAt(
  input: ConstructorParameters<typeof GetChannelMessageCommand>[0],
  calls: Pick<Calls, 'call'>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { ChannelMessage: message } = await calls.call(new GetChannelMessageCommand(input), { signal });
  const at = readTime(message?.CreatedTimestamp);
  if (at === undefined) throw new InvalidArgumentError('after', 'a message that can be read', input.MessageId);
  return at;
}
