// Ids that are words of JavaScript: they are allowed by the service's own pattern, and are ids like any other.
import { describe, expect, it } from '@jest/globals';

import { browserSuite } from '../support/browser-kit.ts';
import { startRelay } from '../support/relay.ts';

const suite = browserSuite();
const ODD = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', '-', '_'];

describe('messages whose ids are words of JavaScript', () => {
  it.each([
    ['after they are tracked', true],
    ['before they are tracked', false],
  ])('end by events that come %s', async (_when, trackedFirst) => {
    const { emulator, openTab, channel, alice } = await suite.start();
    const relay = await startRelay(emulator.websocketEndpoint);
    const tab = await openTab({ session: { relay: relay.address } });
    for (const id of ODD) expect(await tab.call('status', id)).toBeUndefined();

    if (trackedFirst) await tab.call('track', ODD);
    for (const MessageId of ODD) {
      const event = { ChannelArn: channel, MessageId, Sender: { Arn: alice }, Status: { Value: 'FAILED' } };
      relay.injectEvent('FAILED_CREATE_CHANNEL_MESSAGE', event);
    }
    await tab.heard('FAILED_CREATE_CHANNEL_MESSAGE', ODD.length);
    if (!trackedFirst) await tab.call('track', ODD);
    const endings = await tab.untilSettled(ODD);
    const told = endings.map(({ id, status, evidence }) => [id, status, evidence]);
    expect(told).toEqual(ODD.map((id) => [id, 'FAILED', 'websocket']));
    for (const id of ODD) expect(await tab.call('status', id)).toBe('FAILED');
  });
});
