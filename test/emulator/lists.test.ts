import { describe, expect, it } from '@jest/globals';
import { paginateListChannelMessages } from '@aws-sdk/client-chime-sdk-messaging';

import { refusal, startKit } from '../support/emulator-kit.ts';

describe('ListChannelMessages', () => {
  it('pages through a channel newest first, and a message between two pages shifts no row', async () => {
    const { sent, list } = await startKit({ channelRequestsPerSecond: { sends: Infinity, lists: Infinity } });
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.push(await sent({ Content: `m${index}` }));
    const first = await list({ MaxResults: 3 });
    await sent({ Content: 'late' });
    const second = await list({ MaxResults: 3, NextToken: first.NextToken });
    const third = await list({ MaxResults: 3, NextToken: second.NextToken });
    const rows = [first, second, third].map(({ ChannelMessages = [] }) => ChannelMessages.map((row) => row.MessageId));
    expect(rows.flat()).toEqual(ids.toReversed());
    expect(rows.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(third.NextToken).toBeUndefined();
  });

  it('lists oldest first when requested, through the paginator of the SDK', async () => {
    const { sent, client, channel, alice } = await startKit();
    const ids = [await sent(), await sent(), await sent()];
    const seen: unknown[] = [];
    const at = { ChannelArn: channel, ChimeBearer: alice, SortOrder: 'ASCENDING', MaxResults: 2 } as const;
    for await (const page of paginateListChannelMessages({ client }, at)) {
      seen.push(...(page.ChannelMessages ?? []).map((row) => row.MessageId));
    }
    expect(seen).toEqual(ids);
  });

  it('returns at most 50 rows without a size', async () => {
    const { sent, list } = await startKit({ channelRequestsPerSecond: { sends: Infinity } });
    await Promise.all(Array.from({ length: 51 }, () => sent()));
    const page = await list();
    expect(page.ChannelMessages).toHaveLength(50);
    expect(page.NextToken).toBeDefined();
  });

  it('keeps to the window of not-before and not-after, both ends included', async () => {
    const { sent, list, get } = await startKit();
    const id = await sent();
    const created = (await get(id)).ChannelMessage?.CreatedTimestamp?.getTime() ?? 0;
    const count = async (NotBefore?: number, NotAfter?: number): Promise<number | undefined> => {
      const window = {
        NotBefore: NotBefore === undefined ? undefined : new Date(NotBefore),
        NotAfter: NotAfter === undefined ? undefined : new Date(NotAfter),
      };
      return (await list(window)).ChannelMessages?.length;
    };
    expect(await count(created)).toBe(1);
    expect(await count(created + 1)).toBe(0);
    expect(await count(undefined, created)).toBe(1);
    expect(await count(undefined, created - 1)).toBe(0);
  });

  it('rejects a page size out of range, an unknown order and a foreign token', async () => {
    const { list } = await startKit();
    const refused = [
      list({ MaxResults: 51 }),
      list({ MaxResults: 0 }),
      list({ SortOrder: 'UP' as never }),
      list({ NextToken: 'mine' }),
    ];
    for (const promise of refused)
      expect(await refusal(promise)).toMatchObject({ name: 'BadRequestException', status: 400 });
  });
});
