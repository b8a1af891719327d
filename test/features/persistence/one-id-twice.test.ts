// One id that the app uses for two deliveries, in successive sessions: each has its own records.
import { describe, expect, it } from '@jest/globals';
import type { DeliveryState, DeliveryTracker } from 'chime-delivery';
import { firstValueFrom } from 'rxjs';

import { CHANNEL } from '../../support/scripted-service.ts';
import { useFakeTime } from '../../support/fake-time.ts';
import { lives } from '../../support/restart-kit.ts';
import { flush, MINUTE, pass, SECOND } from '../../support/tracker-kit.ts';

useFakeTime();

const OTHER = `${CHANNEL}-2`;
const token = 'token-1';

async function statesOf({ deliveries$ }: DeliveryTracker): Promise<DeliveryState[]> {
  return [...(await firstValueFrom(deliveries$)).values()];
}

describe('a token of an earlier session that is used in another channel', () => {
  it('leaves both messages in the store until each has ended', async () => {
    const { start, boot, disk, service } = lives();
    service.answer('send', () => ({ error: Object.assign(new Error('unconfirmed'), { name: 'TimeoutError' }) }));
    const first = await start();
    first.send({ ClientRequestToken: token });
    await pass(SECOND);
    first.kill();
    const second = boot();
    second.send({ ClientRequestToken: token, ChannelArn: OTHER });
    await pass(SECOND);
    expect(disk.names.filter((name) => name.startsWith('send-'))).toHaveLength(2);
    second.kill();
    service.heal('send');
    const third = await start();
    await pass(MINUTE);
    const sent = (await statesOf(third.tracker)).map(({ channelArn, status }) => [channelArn, status]);
    expect(sent.toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([
      [CHANNEL, 'PENDING'],
      [OTHER, 'PENDING'],
    ]);
    for (const id of service.truth.keys()) service.settle(id, 'SENT');
    await pass(MINUTE);
    expect(disk.names).toEqual([]);
  });

  it('leaves the earlier message in the store when the later one ends', async () => {
    const { start, boot, disk, service } = lives();
    const first = await start();
    const sent = first.send({ ClientRequestToken: token });
    await flush();
    expect(sent.state.status).toBe('PENDING');
    first.kill();
    const second = boot({}, (slow) => (slow.latencyMs = 500));
    const other = second.send({ ClientRequestToken: token, ChannelArn: OTHER });
    await pass(4 * SECOND);
    service.settle(other.state.messageId ?? '', 'SENT');
    await pass(10 * SECOND);
    expect(other.state.status).toBe('SENT');
    second.kill();
    expect(disk.names.filter((name) => name.includes(token))).toHaveLength(1);
    const third = await start();
    expect(await third.tracker.restored).toBeGreaterThan(0);
    expect((await statesOf(third.tracker)).map(({ channelArn }) => channelArn)).toContain(CHANNEL);
  });
});

describe('a MessageId that two channels have', () => {
  it('is restored in one channel after it has ended in the other before the store was read', async () => {
    const { start, boot, service } = lives();
    const first = await start();
    first.track('m1');
    await flush();
    first.kill();
    const second = boot({ keepSettled: 0 }, (slow) => (slow.latencyMs = 500));
    second.track('m1', { channelArn: OTHER, status: 'SENT' });
    await pass(4 * SECOND);
    expect(second.tracker.get('m1')?.channelArn).toBe(CHANNEL);
    service.settle('m1', 'SENT');
    await pass(MINUTE);
    expect(second.story.filter((line) => line.startsWith('settled'))).toHaveLength(2);
  });
});
