import { describe, expect, it } from '@jest/globals';

import { refusal, startKit } from '../support/emulator-kit.ts';

const ClientRequestToken = 'token-1';

describe('a ClientRequestToken', () => {
  it('is the same token only for the same bearer in the same channel', async () => {
    const { sent, bob, emulator } = await startKit({ knownToken: 'conflict' });
    const ChannelArn = emulator.createChannel();
    const ids = [
      await sent({ ClientRequestToken }),
      await sent({ ClientRequestToken, ChimeBearer: bob, Content: 'by bob' }),
      await sent({ ClientRequestToken, ChannelArn, Content: 'elsewhere' }),
      await sent({ ClientRequestToken, ChannelArn, ChimeBearer: bob, Content: 'by bob elsewhere' }),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(await sent({ ClientRequestToken })).toBe(ids[0]);
  });

  it('returns its message with other content, and makes no second message', async () => {
    const { send, emulator } = await startKit();
    const first = await send({ ClientRequestToken });
    const second = await send({ ClientRequestToken, Content: 'other' });
    expect(second).toMatchObject({ MessageId: first.MessageId, Status: first.Status });
    expect(emulator.messages).toMatchObject([{ content: 'hello' }]);
  });

  it('returns a 409 with other content if the options require it, and its message with the same content', async () => {
    const { send, sent, emulator } = await startKit({ knownToken: 'conflict' });
    const first = await sent({ ClientRequestToken });
    expect(await refusal(send({ ClientRequestToken, Content: 'other' }))).toMatchObject({
      name: 'ConflictException',
      status: 409,
    });
    expect(await refusal(send({ ClientRequestToken, Metadata: 'more' }))).toMatchObject({ status: 409 });
    expect(await sent({ ClientRequestToken })).toBe(first);
    expect(emulator.messages).toHaveLength(1);
  });

  it.each([
    ['channel', 1],
    ['sub-channel', 2],
  ] as const)('with the scope %s makes %d messages in two sub-channels', async (tokenScope, count) => {
    const { sent, emulator } = await startKit({ tokenScope });
    const ChannelArn = emulator.createChannel({ elastic: true });
    for (const SubChannelId of ['sub-1', 'sub-2']) await sent({ ClientRequestToken, ChannelArn, SubChannelId });
    expect(emulator.messages).toHaveLength(count);
  });
});
