// A tab that is closed leaves what it had pending to the others: its outcome is told there, and nothing is sent twice.
import { describe, expect, it } from '@jest/globals';

import { faults } from '../../../src/emulator/index.ts';
import { manyTabsSuite, pollersOf, untilTold } from '../support/tabs-suite.ts';

const suite = manyTabsSuite();

describe('a tab that is closed', () => {
  it.each([
    ['leader', 0],
    ['follower', 1],
  ])('as %s hands over accepted messages', async (_role, index) => {
    const { emulator, openTabs } = await suite.start();
    const tabs = await openTabs(2);
    const closing = tabs[index];
    const remaining = tabs[1 - index];
    if (closing === undefined || remaining === undefined) throw new Error('Expected two tabs.');
    await closing.send('SENT 2000', 'DENIED 2000');
    const messageIds = emulator.messages.map(({ messageId }) => messageId);
    await closing.shut();
    const endings = await untilTold(remaining, messageIds);
    expect(endings.map(({ messageId, status }) => [messageId, status])).toEqual(
      expect.arrayContaining(emulator.messages.map(({ messageId, status }) => [messageId, status])),
    );
    expect(endings).toHaveLength(2);
  });

  it('hands over an unanswered send: it is sent again with its token', async () => {
    const { emulator, openTabs } = await suite.start();
    const [remaining, closing] = await openTabs(2);
    if (closing === undefined || remaining === undefined) throw new Error('Expected two tabs.');
    emulator.fault(faults.hang({ operation: 'SendChannelMessage', applied: 'after', times: 1 }));
    const [id] = await closing.call('send', ['SENT 500']);
    while (emulator.messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await closing.shut();
    const [ending, ...more] = await untilTold(remaining, [emulator.messages[0]?.messageId]);
    expect(ending).toMatchObject({ id, status: 'SENT' });
    expect(more).toEqual([]);
    expect(emulator.messages).toHaveLength(1);
    expect(emulator.log.filter(({ operation }) => operation === 'SendChannelMessage')).toHaveLength(2);
  });
});

describe('a tab alone', () => {
  it.each([
    ['locks', `Object.defineProperty(navigator, 'locks', { value: undefined })`],
    ['a channel', `delete globalThis.BroadcastChannel`],
  ])('without %s works by itself', async (_what, before) => {
    const { emulator, openTab } = await suite.start();
    const tabs = [await openTab({ before }), await openTab({ before })];
    const sent = await Promise.all(tabs.map((tab) => tab.send('SENT 200', 'FAILED 200')));
    const endings = await Promise.all(tabs.map((tab, index) => tab.untilSettled(sent[index] ?? [])));
    for (const [index, told] of endings.entries()) {
      expect(told.map(({ id }) => id).toSorted()).toEqual(sent[index]?.toSorted());
      expect(told.every(({ messageId, status }) => status === emulator.truth(messageId ?? ''))).toBe(true);
    }
    expect(await pollersOf(tabs)).toEqual(tabs);
  });

  it('by option works by itself', async () => {
    const { openTabs } = await suite.start();
    const tabs = await openTabs(2, { tracker: { tabs: false } });
    const sent = await Promise.all(tabs.map((tab) => tab.send('SENT 200')));
    await Promise.all(tabs.map((tab, index) => tab.untilSettled(sent[index] ?? [])));
    expect(await pollersOf(tabs)).toEqual(tabs);
  });
});
