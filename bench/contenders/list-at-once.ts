/**
 * SDKs of streaming services do this on a reconnect: list what happened, at once, page by page until all own messages
 * were found. A 429 is retried after 1 s, doubled, at most 20 s, with full jitter. (It would never find a denied
 * message.)
 */
import { ListChannelMessagesCommand, type ListChannelMessagesCommandOutput } from '@aws-sdk/client-chime-sdk-messaging';
import type { Contender, Surroundings } from './contender.ts';

const FIRST_MS = 1_000;
const MAX_MS = 20_000;

export const listAtOnce: Contender = {
  name: 'everyone lists at once',
  settings: 'newest first, until all were found; a 429 again after 1 s × 2, at most 20 s, full jitter',
  create: (surroundings) => {
    const pending = new Map<string, Set<string>>();
    return {
      follow: ({ channelArn, messageId }) => {
        pending.set(channelArn, (pending.get(channelArn) ?? new Set()).add(messageId));
      },
      link: (state) => {
        if (state === 'down') return;
        for (const [channelArn, ids] of pending) if (ids.size > 0) void listAll(channelArn, ids, surroundings);
      },
      push: () => undefined,
      close: () => undefined,
    };
  },
};

async function listAll(ChannelArn: string, ids: Set<string>, surroundings: Surroundings): Promise<void> {
  let NextToken: string | undefined;
  do {
    const page = await listOnce({ ChannelArn, ...(NextToken === undefined ? {} : { NextToken }) }, surroundings);
    for (const { MessageId = '', Status } of page.ChannelMessages ?? []) {
      if (Status?.Value !== 'PENDING' && ids.delete(MessageId)) surroundings.onKnown(MessageId);
    }
    ({ NextToken } = page);
  } while (ids.size > 0 && NextToken !== undefined);
}

async function listOnce(
  input: { ChannelArn: string; NextToken?: string },
  { client, bearer }: Surroundings,
): Promise<ListChannelMessagesCommandOutput> {
  for (let tries = 0; ; tries += 1) {
    try {
      const command = new ListChannelMessagesCommand({ ...input, ChimeBearer: bearer, MaxResults: 50 });
      return (await client.send(command)) as ListChannelMessagesCommandOutput;
    } catch {
      const most = Math.min(MAX_MS, FIRST_MS * 2 ** tries);
      await new Promise((resolve) => void setTimeout(resolve, most * Math.random()));
    }
  }
}
