// A leader that does not answer any more, for whichever reason: another takes its place.
import { describe, expect, it } from '@jest/globals';

import type { ChimeEmulator } from '../../../src/emulator/index.ts';
import { brokenPromises, PROMISED_MS } from '../support/endings.ts';
import { manyTabsSuite, pollersOf, type OneOfMany } from '../support/tabs-suite.ts';

const suite = manyTabsSuite();
/** With misses and a budget for all. */
const withinMs = 4 * PROMISED_MS;

/** Resolves when one of these has taken a poll: it leads. */
async function untilPolledBy(tabs: readonly OneOfMany[]): Promise<void> {
  while ((await pollersOf(tabs)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** One that leads, behind another which is shown and has a message pending that only polls can settle. */
async function leaderAndFollower(emulator: ChimeEmulator, tabs: readonly OneOfMany[]): Promise<[OneOfMany, OneOfMany]> {
  const [leader, follower] = tabs;
  if (leader === undefined || follower === undefined) throw new Error('Expected two tabs.');
  const [id] = await follower.send('SENT 0');
  await follower.untilSettled([id ?? '']);
  expect(await pollersOf(tabs)).toEqual([leader]);
  return [leader, follower];
}

describe('a leader', () => {
  it('that is frozen is replaced, and is a follower when it resumes', async () => {
    const { emulator, openTabs, hideAll } = await suite.start();
    const tabs = await openTabs(3);
    const [leader, follower] = await leaderAndFollower(emulator, tabs);
    await hideAll();
    const own = await leader.send('SENT 9000');
    const ids = await follower.send('SENT 4000', 'DENIED 4000');
    await leader.freeze();
    await untilPolledBy(tabs.slice(1));
    expect(brokenPromises(await follower.untilSettled(ids), { emulator, ids, withinMs })).toEqual([]);
    expect(await pollersOf(tabs.slice(1))).toHaveLength(1);

    await leader.unfreeze();
    const before = await leader.polls();
    const later = await leader.send('SENT 500');
    await leader.untilSettled([...own, ...later]);
    expect((await leader.call('endings')).map(({ status }) => status).toSorted()).toEqual(['SENT', 'SENT']);
    expect(await leader.polls()).toBe(before);
  });

  it('that hangs loses the lead, and is a follower when it resumes', async () => {
    const { emulator, openTabs } = await suite.start();
    const tabs = await openTabs(2);
    const [leader, follower] = await leaderAndFollower(emulator, tabs);
    await follower.send('SENT 0').then((sent) => follower.untilSettled(sent));
    const ids = await follower.send('SENT 5000', 'FAILED 5000');
    leader.hang(10_000);
    await untilPolledBy([follower]);
    expect(brokenPromises(await follower.untilSettled(ids), { emulator, ids, withinMs })).toEqual([]);
    const own = await leader.send('SENT 500');
    await leader.untilSettled(own);
    expect((await leader.call('endings')).map(({ status }) => status)).toEqual(['SENT']);
  });

  it('that is killed as the only visible tab leaves its messages to the next leader', async () => {
    const { emulator, openTabs } = await suite.start();
    const tabs = await openTabs(2);
    const [leader, follower] = await leaderAndFollower(emulator, tabs);
    await leader.send('SENT 3000', 'DENIED 3000');
    const messageIds = emulator.messages.slice(-2).map(({ messageId }) => messageId);
    await leader.crash();
    for (;;) {
      const told = (await follower.call('endings')).filter(({ messageId }) => messageIds.includes(messageId ?? ''));
      if (told.length === 2) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const endings = await follower.call('endings');
    const told = endings.filter(({ messageId }) => messageIds.includes(messageId ?? ''));
    expect(told.map(({ messageId, status }) => status === emulator.truth(messageId ?? ''))).toEqual([true, true]);
  });
});
