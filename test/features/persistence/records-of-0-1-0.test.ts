// Records as 0.1.0 has written them, byte for byte: the names in the code have changed since, those on disk have not.

import { describe, expect, it } from '@jest/globals';
import { keyPrefix, parseKey, recordKey } from '../../../src/features/persistence/keys.ts';
import { lives } from '../../support/restart-kit.ts';
import { ALICE, CHANNEL } from '../../support/scripted-service.ts';
import { MINUTE, pass } from '../../support/tracker-kit.ts';

const PREFIX = 'chime-delivery:v1:khg3cizg9qsn';
const message = { channelArn: CHANNEL, chimeBearer: ALICE, provable: true, update: false };
/** They have no `token`: the id of a send was its token. */
const outbox = (id: string, at: number): string =>
  JSON.stringify({
    v: 1,
    owner: ALICE,
    id,
    ...message,
    trackedAt: at,
    sentAt: at,
    place: 0,
    input: {
      ChannelArn: CHANNEL,
      ChimeBearer: ALICE,
      ClientRequestToken: id,
      Content: 'hello',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
    },
  });

describe('a record of 0.1.0', () => {
  it('has the key that this version generates', () => {
    expect(keyPrefix(ALICE)).toBe(PREFIX);
    const spelled = { outbox: 'send', accepted: 'sent', unsent: 'held', dispatched: 'left', deleted: 'gone' } as const;
    for (const kind of Object.keys(spelled) as (keyof typeof spelled)[]) {
      const key = `${PREFIX}:${spelled[kind]}-token-1`;
      expect(recordKey(PREFIX, kind, 'token-1')).toBe(key);
      expect(parseKey(PREFIX, key)).toEqual({ key, kind, name: 'token-1' });
    }
  });

  it('of an accepted message is tracked on by id until its outcome is known', async () => {
    const { start, disk, service } = lives();
    const at = Date.now() - MINUTE;
    const record = {
      v: 1,
      owner: ALICE,
      id: 'token-1',
      ...message,
      messageId: 'm1',
      trackedAt: at,
      sentAt: at,
      place: 0,
    };
    disk.items.set(`${PREFIX}:sent-token-1`, JSON.stringify(record));
    service.settle('m1', 'SENT');
    const { tracker } = await start();
    expect(tracker.get('token-1')).toMatchObject({ id: 'token-1', messageId: 'm1', trackedAt: at });
    await pass(MINUTE);
    expect(tracker.get('token-1')?.status).toBe('SENT');
    expect(disk.names).toEqual([]);
  });

  it('of an unanswered message is sent again with its token', async () => {
    const { start, disk, service } = lives();
    disk.items.set(`${PREFIX}:send-token-1`, outbox('token-1', Date.now() - MINUTE));
    const { tracker } = await start();
    await pass(MINUTE);
    expect(service.count('send')).toBe(1);
    expect(tracker.get('token-1')).toMatchObject({ id: 'token-1', status: 'PENDING' });
    expect(disk.names).toEqual(['sent-token-1']);
  });

  it('marked as never dispatched is sent after the retry window, too, and ends UNKNOWN without the marker', async () => {
    const { start, disk, service } = lives();
    const at = Date.now() - 60 * MINUTE;
    for (const id of ['token-1', 'token-2']) disk.items.set(`${PREFIX}:send-${id}`, outbox(id, at));
    disk.items.set(`${PREFIX}:held-token-1`, JSON.stringify({ v: 1, id: 'token-1', trackedAt: at }));
    const { tracker } = await start();
    await pass(MINUTE);
    expect(service.count('send')).toBe(1);
    expect(tracker.get('token-1')?.status).toBe('PENDING');
    expect(tracker.get('token-2')).toMatchObject({ status: 'UNKNOWN', reason: 'indeterminate' });
  });
});
