import { describe, expect, it } from '@jest/globals';

import { refusal, startKit } from '../support/emulator-kit.ts';
import { maxInSlidingSecond } from '../../src/emulator/request-log.ts';
import type { RequestRecord } from '../../src/emulator/request-log.ts';
import { RateBudget } from '../../src/emulator/service/budget.ts';

describe('the budgets of the emulator', () => {
  it('return 429 above the budget of a bearer, for any operation, and leave other bearers alone', async () => {
    // Less than one request in an hour: the burst of one is all there is.
    const { send, status, sent, alice, bob, emulator } = await startKit({
      requestsPerSecond: (bearer) => (bearer.endsWith('/alice') ? 1e-4 : Infinity),
    });
    const id = await sent();
    expect(await refusal(status(id))).toMatchObject({ name: 'ThrottledClientException', status: 429 });
    expect(await refusal(send())).toMatchObject({ message: expect.stringContaining(alice) });
    expect((await send({ ChimeBearer: bob })).Status?.Value).toBe('SENT');
    emulator.set({ requestsPerSecond: Infinity });
    expect((await status(id)).Status?.Value).toBe('SENT');
    expect(emulator.log.map((record) => record.status)).toEqual([201, 429, 429, 201, 200]);
  });

  it('include budgets of a channel for sends, lists and gets, and none for the status', async () => {
    const { sent, send, list, get, status, bob, emulator } = await startKit({
      channelRequestsPerSecond: { sends: 1e-4, lists: 1e-4, gets: 1e-4 },
    });
    const id = await sent();
    await list();
    await get(id);
    for (const more of [send({ ChimeBearer: bob }), list({ ChimeBearer: bob }), get(id, bob)]) {
      expect(await refusal(more)).toMatchObject({ status: 429, message: expect.stringContaining('channel') });
    }
    for (let index = 0; index < 3; index += 1) expect((await status(id)).Status?.Value).toBe('SENT');
    expect((await send({ ChannelArn: emulator.createChannel() })).Status?.Value).toBe('SENT');
  });

  it('allow a burst of one second, then the rate', () => {
    const budget = new RateBudget();
    const take = (now: number, count: number): number =>
      Array.from({ length: count }, () => budget.take('a', 5, now)).filter(Boolean).length;
    expect(take(0, 9)).toBe(5);
    expect(take(199, 1)).toBe(0);
    expect(take(200, 2)).toBe(1);
    expect(take(10_000, 9)).toBe(5);
    // A clock that was set back adds and removes nothing.
    expect(take(0, 1)).toBe(0);
    expect(new RateBudget().take('a', 0, 0)).toBe(false);
  });

  it('count the most requests in any sliding second, its end excluded', async () => {
    const at = (time: number, bearer = 'a'): RequestRecord => ({ at: time, bearer }) as RequestRecord;
    const log = [at(0), at(500), at(999), at(1000), at(1499, 'b'), at(1500)];
    expect(maxInSlidingSecond(log)).toBe(4);
    expect(maxInSlidingSecond(log, 'a')).toBe(3);
    expect(maxInSlidingSecond(log, 'b')).toBe(1);
    expect(maxInSlidingSecond([])).toBe(0);
    const { sent, alice, bob, emulator } = await startKit();
    await Promise.all([sent(), sent()]);
    expect(emulator.maxInSlidingSecond(bob)).toBe(0);
    expect(emulator.maxInSlidingSecond(alice)).toBe(emulator.maxInSlidingSecond());
  });
});
