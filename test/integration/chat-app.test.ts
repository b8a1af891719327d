// Edits, retries, the app's own requests and catch-up, with the real SDK client over HTTP and every variant of the emulator.
import { ListChannelMessagesCommand, SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { describe, expect, it } from '@jest/globals';
import type { DeliveryTrackerOptions } from 'chime-delivery';
import { faults, type ChimeEmulatorOptions } from 'chime-delivery/emulator';

import { clientOf, eventually, startKit, type Kit } from '../support/emulator-kit.ts';
import { attachRealSession, flowByContent, liveTracker, type LiveTracker } from '../support/live-tracker.ts';

const quick: Partial<DeliveryTrackerOptions> = {
  polling: { firstDelayMs: 100, factor: 1.2, maxDelayMs: 300 },
  missing: { confirmDelayMs: 200, minAgeMs: 300, unseenMs: 500, editMs: 4_000 },
  retry: { retries: 1, minTimeoutMs: 50, maxTimeoutMs: 100 },
  rateLimit: { requestsPerSecond: 40, burst: 20, maxConcurrent: 8 },
  requestTimeoutMs: 1_000,
};
const draft = { Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;

async function startLive(options: ChimeEmulatorOptions = {}): Promise<Kit & LiveTracker> {
  const kit = await startKit({ flow: flowByContent, ...options });
  return { ...kit, ...liveTracker(clientOf(kit.emulator, { maxAttempts: 3 }), kit.alice, quick) };
}

/** A message of alice's that was delivered. */
async function delivered({ tracker, channel }: Kit & LiveTracker): Promise<string> {
  const { settled } = tracker.send({ ChannelArn: channel, Content: 'SENT 0', ...draft });
  const { messageId = '' } = await settled;
  return messageId;
}

/** Each value of each switch, and each pair of values. */
const variants = [
  { pendingEdit: 'pending', refusedEdit: 'unchanged', editWhilePending: 'conflict' },
  { pendingEdit: 'pending', refusedEdit: 'shown', editWhilePending: 'accepted' },
  { pendingEdit: 'unchanged', refusedEdit: 'unchanged', editWhilePending: 'accepted' },
  { pendingEdit: 'unchanged', refusedEdit: 'shown', editWhilePending: 'conflict' },
] as const;

describe.each(variants)(
  'an edit, where the service has $pendingEdit, $refusedEdit and $editWhilePending',
  (variant) => {
    it('that is applied ends SENT, with and without push', async () => {
      const live = await startLive(variant);
      const MessageId = await delivered(live);
      const polled = live.tracker.update({ ChannelArn: live.channel, MessageId, Content: 'SENT 300 polled' });
      expect(await polled.settled).toMatchObject({ status: 'SENT', operation: 'update' });
      const client = clientOf(live.emulator);
      await attachRealSession(live.tracker, live.emulator, client, live.alice);
      const pushed = live.tracker.update({ ChannelArn: live.channel, MessageId, Content: 'SENT 300 pushed' });
      expect(await pushed.settled).toMatchObject({ status: 'SENT' });
      const stored = live.emulator.messages.find(({ messageId }) => messageId === MessageId);
      expect(stored?.content).toBe('SENT 300 pushed');
      client.destroy();
    });

    it('that is denied is never reported as applied', async () => {
      const live = await startLive(variant);
      // Of a message that was just settled here, a read may still show that it was PENDING itself.
      const MessageId = await live.sent({ Content: 'SENT 0' });
      await eventually(() => live.emulator.truth(MessageId) === 'SENT');
      const edit = live.tracker.update({ ChannelArn: live.channel, MessageId, Content: 'DENIED 2500 spam' });
      const state = await edit.settled;
      expect(['DENIED', 'UNKNOWN']).toContain(state.status);
      // Reads cannot tell it where they never show it PENDING, or show its refusal as that of an untracked message.
      if (variant.pendingEdit === 'unchanged' || variant.refusedEdit === 'shown') return;
      expect(state).toMatchObject({ status: 'DENIED' });
    });

    it('of a message that is still processed ends SENT after it, and several in flight keep their order', async () => {
      const live = await startLive(variant);
      const create = live.tracker.send({ ChannelArn: live.channel, Content: 'SENT 800', ...draft });
      const { messageId: MessageId } = await create.accepted;
      const edits = ['SENT 50 one', 'SENT 50 two', 'SENT 50 three'].map((Content) =>
        live.tracker.update({ ChannelArn: live.channel, MessageId, Content }),
      );
      const states = await Promise.all(edits.map(({ settled }) => settled));
      // Without push, a read may not tell which of several edits in flight was applied.
      expect(states.at(-1)?.status).toBe('SENT');
      for (const { status } of states) expect(['SENT', 'UNKNOWN']).toContain(status);
      const stored = live.emulator.messages.find(({ messageId }) => messageId === MessageId);
      expect(stored?.content).toBe('SENT 50 three');
      expect(stored?.updates.map(({ content }) => content)).toEqual(['SENT 50 one', 'SENT 50 two', 'SENT 50 three']);
    });
  },
);

describe('an edit on an unreliable network', () => {
  it('is repeated after a lost response, and is told once', async () => {
    const live = await startLive();
    const MessageId = await delivered(live);
    live.emulator.fault({ ...faults.reset({ operation: 'UpdateChannelMessage', applied: 'after' }), times: 2 });
    const edit = live.tracker.update({ ChannelArn: live.channel, MessageId, Content: 'SENT 100 better' });
    expect(await edit.settled).toMatchObject({ status: 'SENT' });
    expect(live.endings.get(edit.id)).toHaveLength(1);
  });
});

describe('call', () => {
  it('keeps the SDK’s own retries, each within the budget and counted', async () => {
    const { emulator, tracker, channel, alice } = await startLive();
    emulator.fault({ ...faults.unavailable({ operation: 'ListChannelMessages' }), times: 2 });
    const page = await tracker.call(new ListChannelMessagesCommand({ ChannelArn: channel, ChimeBearer: alice }));
    expect(page.ChannelMessages).toEqual([]);
    expect(emulator.log.filter(({ operation }) => operation === 'ListChannelMessages')).toHaveLength(3);
    expect(tracker.stats.requests.call).toBe(3);
  });

  it('keeps the token of a send that the SDK retries: one message', async () => {
    const { emulator, tracker, channel, alice } = await startLive();
    emulator.fault({ ...faults.reset({ operation: 'SendChannelMessage', applied: 'after' }), times: 1 });
    const input = { ChannelArn: channel, ChimeBearer: alice, Content: 'SENT 0', ...draft };
    await tracker.call(new SendChannelMessageCommand(input));
    expect(emulator.messages).toHaveLength(1);
  });
});

describe('catchUp', () => {
  it.each(['fraction', 'whole-seconds'] as const)(
    'gives each message once, where times are in %s',
    async (restTimestamps) => {
      const live = await startLive({
        restTimestamps,
        channelRequestsPerSecond: { sends: 10_000, lists: 10_000, gets: 10_000 },
      });
      const contents = Array.from({ length: 120 }, (_, i) => `SENT 0 ${i}`);
      for (const Content of contents) await live.send({ Content, ChimeBearer: live.bob });
      const rows: (string | undefined)[] = [];
      for await (const row of live.tracker.catchUp({ channelArn: live.channel, after: Date.now() - 600_000 })) {
        rows.push(row.Content);
      }
      expect(rows).toHaveLength(120);
      expect(new Set(rows)).toEqual(new Set(contents));
    },
  );

  it('settles the deliveries that it shows', async () => {
    const live = await startLive();
    live.emulator.fault(faults.unavailable({ operation: ['GetChannelMessageStatus', 'GetChannelMessage'] }));
    const MessageId = await live.sent({ Content: 'SENT 0' });
    const delivery = live.tracker.track({ channelArn: live.channel, messageId: MessageId });
    const rows: unknown[] = [];
    for await (const row of live.tracker.catchUp({ channelArn: live.channel, after: Date.now() - 60_000 }))
      rows.push(row);
    expect(rows).toHaveLength(1);
    await eventually(() => delivery.state.status === 'SENT');
    expect(delivery.state).toMatchObject({ evidence: 'list' });
  });
});

describe('retry', () => {
  it('of a send whose response was lost delivers it once', async () => {
    const { emulator, tracker, channel } = await startLive();
    const heal = emulator.fault(faults.reset({ operation: 'SendChannelMessage', applied: 'after' }));
    const abort = new AbortController();
    const first = tracker.send({ ChannelArn: channel, Content: 'SENT 0', ...draft }, { signal: abort.signal });
    await eventually(() => emulator.messages.length === 1);
    abort.abort();
    expect(await first.settled).toMatchObject({ status: 'UNKNOWN' });
    heal();
    expect(await tracker.retry(first.id).settled).toMatchObject({ status: 'SENT', retryOf: first.id });
    expect(emulator.messages).toHaveLength(1);
  });
});
