import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { readRecord, writeRecord } from '../../../src/features/persistence/record.ts';
import { alice, channel, pending, sending } from '../../support/delivery-record.ts';
import { lives } from '../../support/restart-kit.ts';
import { replies } from '../../support/scripted-service.ts';
import type { Disk } from '../../support/scripted-store.ts';
import { flush, MINUTE, pass, SECOND, standing } from '../../support/tracker-kit.ts';

const token = { ClientRequestToken: 'token-1' };

/** Lengths at which a write may have been cut off: a few, including both ends. */
function* cuts(text: string): Generator<string> {
  for (const share of [0, 0.01, 0.3, 0.6, 0.99]) yield text.slice(0, Math.floor(text.length * share));
}

describe('a record that was torn when the process was killed', () => {
  it('during the write of a send means that nothing had left, and is ignored', async () => {
    for (const share of [0, 1, 2, 3, 4]) {
      const { start, disk, service } = lives();
      service.answer('send', replies.hangs());
      const first = await start();
      first.send(token);
      await pass(10);
      first.kill();
      service.calls.length = 0;
      const [text = ''] = disk.items.values();
      disk.spoil('send-token-1', [...cuts(text)][share] ?? '');
      const { tracker, logged, errors } = await start();
      await pass(SECOND);
      expect([await standing(tracker.restored), service.count(), disk.names, errors]).toEqual([0, 0, [], []]);
      expect(logged).toEqual([
        expect.stringMatching(/^warn chime-delivery: .*send-token-1 in the store is unreadable/),
      ]);
    }
  });

  it('during the write of a MessageId leaves the send, and the same token gets the same message', async () => {
    for (const share of [0, 1, 2, 3, 4]) {
      const { start, disk, service } = lives();
      const first = await start();
      first.send(token);
      await pass(10);
      const send = disk.items.get(disk.keyOf('send-token-1')) ?? '';
      await pass(100);
      first.kill();
      const key = disk.keyOf('sent-token-1');
      disk.items.set(key.replace('sent-token', 'send-token'), send);
      disk.items.set(key, [...cuts(disk.items.get(key) ?? '')][share] ?? '');
      const { tracker } = await start();
      await pass(100);
      expect(tracker.get('token-1')).toMatchObject({ status: 'PENDING', messageId: 'm1' });
      expect([service.created.size, disk.names]).toEqual([1, ['sent-token-1']]);
    }
  });

  it('during the write of the unsent marker is ignored', async () => {
    const { start, disk, service } = lives();
    service.answer('send', replies.expiredToken());
    const first = await start();
    first.send(token);
    await pass(MINUTE);
    first.kill();
    disk.spoil('held-token-1', '{"v"');
    await pass(10 * MINUTE);
    const { tracker } = await start();
    expect(tracker.get('token-1')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });

  it('does not exist between two writes: both records are there, and the later one counts', async () => {
    const { start, disk, service } = lives();
    const first = await start();
    first.send(token);
    await pass(10);
    first.store.ail('hangs', 'removeItem');
    await pass(100);
    first.kill();
    // Until `close` no longer waits for operations that hang.
    await pass(6 * SECOND);
    expect(disk.names).toEqual(['send-token-1', 'sent-token-1']);
    const second = await start();
    await flush();
    expect(second.tracker.get('token-1')).toMatchObject({ status: 'PENDING', messageId: 'm1' });
    expect([disk.names, service.count('send'), second.logged]).toEqual([['sent-token-1'], 1, []]);
  });

  it('is never half overwritten: no key is set twice in its life', async () => {
    const { start, service } = lives();
    const { send, track, store } = await start();
    service.answer('send', replies.expiredToken(), replies.expiredToken(), (call) => service.acceptSend(call));
    send(token);
    track('m7');
    await pass(MINUTE);
    const present = new Set<string>();
    for (const line of store.log) {
      const [operation, name = ''] = line.split(' ');
      expect(operation === 'setItem' && present.has(name)).toBe(false);
      if (operation === 'setItem') present.add(name);
      if (operation === 'removeItem') present.delete(name);
    }
    expect([...present]).toEqual(['sent-m7', 'sent-token-1']);
  });
});

describe('an invalid record', () => {
  const good = (disk: Disk): Record<string, unknown> => disk.read('sent-m1');
  const spoils: [string, (record: Record<string, unknown>) => unknown][] = [
    ['nothing', () => ''],
    ['no JSON', () => '{"v":1,'],
    ['another type', () => '7'],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['no fields', () => '{}'],
    ['a later version', (record) => ({ ...record, v: 2 })],
    ['another owner', (record) => ({ ...record, owner: 'arn:aws:chime:us-east-1:1:app-instance/x/user/mallory' })],
    ['another id', (record) => ({ ...record, id: 'm2' })],
    ['an invalid id', (record) => ({ ...record, id: '../../etc/passwd' })],
    ['an invalid channel', (record) => ({ ...record, channelArn: 'general' })],
    ['an invalid bearer', (record) => ({ ...record, chimeBearer: 7 })],
    ['no MessageId', (record) => ({ ...record, messageId: undefined })],
    ['an invalid MessageId', (record) => ({ ...record, messageId: '' })],
    ['an invalid sub-channel', (record) => ({ ...record, subChannelId: {} })],
    ['no flag for what a miss proves', (record) => ({ ...record, provable: 'yes' })],
    ['no flag for an edit', (record) => ({ ...record, update: null })],
    ['an invalid time', (record) => ({ ...record, trackedAt: 'yesterday' })],
    ['a negative time', (record) => ({ ...record, sentAt: -1 })],
    ['no order', (record) => ({ ...record, place: 'first' })],
    ['an infinite time', (record) => ({ ...record, trackedAt: null })],
  ];
  it.each(spoils)('with %s is dropped with a warning, and affects no other', async (_name, spoil) => {
    const { start, disk } = lives();
    const first = await start();
    first.track('m1');
    first.track('m9');
    await flush();
    first.kill();
    const value = spoil(good(disk));
    disk.items.set(disk.keyOf('sent-m1'), typeof value === 'string' ? value : JSON.stringify(value));
    const { tracker, logged, errors } = await start();
    expect([await standing(tracker.restored), tracker.get('m9')?.status]).toEqual([1, 'PENDING']);
    expect([disk.names, errors]).toEqual([['sent-m9'], []]);
    expect(logged).toEqual([expect.stringContaining('sent-m1 in the store is unreadable')]);
  });

  const inputs: [string, unknown][] = [
    ['none', undefined],
    ['a string', 'hello'],
    ['no content', { ChannelArn: 'x' }],
    ['of another channel', { ChannelArn: 'arn:aws:chime:us-east-1:1:app-instance/x/channel/other' }],
    ['of another token', { ClientRequestToken: 'token-2' }],
    ['of another bearer', { ChimeBearer: 'arn:aws:chime:us-east-1:1:app-instance/x/user/mallory' }],
  ];
  it.each(inputs)('without valid content to send (%s) is not sent: UNKNOWN indeterminate', async (_name, input) => {
    const { start, disk, service } = lives();
    service.answer('send', replies.hangs());
    const first = await start();
    first.send(token);
    await pass(100);
    first.kill();
    const own = disk.read('send-token-1')['input'] as object;
    disk.spoil('send-token-1', { input: typeof input === 'object' ? { ...own, ...input } : input });
    service.calls.length = 0;
    const { tracker } = await start();
    await pass(SECOND);
    expect(tracker.get('token-1')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
    expect(service.count()).toBe(0);
  });

  it('of any JSON is rejected, and written records are accepted', () => {
    const now = Date.UTC(2026, 0, 2);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const fields = Object.fromEntries(Object.entries(Object(value) as object));
        for (const kind of ['outbox', 'accepted'] as const) {
          expect(readRecord(kind, { ...fields, v: 1, owner: alice }, alice, now)).toBeUndefined();
          expect(readRecord(kind, JSON.stringify(value), alice, now)).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
    const input = { ChannelArn: channel, Content: 'hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    const text = writeRecord(sending({ details: { input } }), alice, 0);
    expect(readRecord('outbox', text, alice, now)).toMatchObject({ id: 'token-1', input: { Content: 'hello' } });
    expect(readRecord('outbox', JSON.parse(text), alice, now)).toEqual(readRecord('outbox', text, alice, now));
    expect(readRecord('accepted', text, alice, now)).toBeUndefined();
    expect(readRecord('accepted', writeRecord(pending(), alice, 0), alice, now)).toMatchObject({ messageId: 'm1' });
  });
});
