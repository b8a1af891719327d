// What no service should send, and what concerns others: ignored, with one warning for each kind of malformed event;
// nothing is lost by it.
import { describe, expect, it } from '@jest/globals';

import { browserSuite, type BrowserKit, type PageTab } from '../support/browser-kit.ts';
import { brokenPromises } from '../support/endings.ts';
import { startRelay, type Relay } from '../support/relay.ts';

const suite = browserSuite();

interface Stage extends BrowserKit {
  readonly relay: Relay;
  readonly tab: PageTab;
}

async function startStage(): Promise<Stage> {
  const kit = await suite.start();
  const relay = await startRelay(kit.emulator.websocketEndpoint);
  return { ...kit, relay, tab: await kit.openTab({ session: { relay: relay.address } }) };
}

/** What is pending all the while still ends by push, and at no cost. */
async function expectNothingLost({ emulator, tab }: Stage, disturb: () => void): Promise<void> {
  const ids = await tab.send('SENT 400', 'DENIED 400', 'FAILED 400');
  disturb();
  expect(brokenPromises(await tab.untilSettled(ids), { emulator, ids })).toEqual([]);
  expect(await tab.call('stats')).toMatchObject({ polls: 0, link: 'up' });
}

async function warnings(tab: PageTab): Promise<string[]> {
  return (await tab.call('notices')).map(({ what }) => what).filter((what) => /^(warn|error)/.test(what));
}

describe('malformed frames', () => {
  it('do not affect even the session if they are not JSON or have no headers', async () => {
    const stage = await startStage();
    await expectNothingLost(stage, () => {
      for (const text of [
        '',
        'no JSON',
        '{',
        'null',
        '[]',
        '42',
        '"text"',
        '{}',
        '{"Headers":null}',
        '{"Payload":"{}"}',
      ])
        stage.relay.inject(text);
    });
    expect(await warnings(stage.tab)).toEqual([]);
  });

  it('are ignored with one warning for each kind, however often they come', async () => {
    const stage = await startStage();
    const { relay, channel, alice } = stage;
    const whole = { ChannelArn: channel, MessageId: 'm1', Sender: { Arn: alice } };
    await expectNothingLost(stage, () => {
      for (let round = 0; round < 20; round += 1) {
        relay.inject('{"Headers":{}}');
        for (const payload of ['', 'no JSON', 'null', '7']) relay.injectEvent('CREATE_CHANNEL_MESSAGE', payload);
        for (const payload of [
          {},
          { ...whole, MessageId: 7 },
          { ...whole, ChannelArn: null },
          { ...whole, MessageId: '' },
        ])
          relay.injectEvent('FAILED_CREATE_CHANNEL_MESSAGE', payload);
        relay.injectEvent('CREATE_CHANNEL_MESSAGE', { ...whole, Status: { Value: 'DENIED' } });
        relay.injectEvent('CHANNEL_DETAILS', { ChannelMessages: 'none' });
      }
    });
    expect(await warnings(stage.tab)).toEqual([
      'warn: chime-delivery: ignored a message without a type',
      'warn: chime-delivery: ignored CREATE_CHANNEL_MESSAGE without a JSON object as its payload',
      'warn: chime-delivery: ignored FAILED_CREATE_CHANNEL_MESSAGE without ChannelArn and MessageId',
      'warn: chime-delivery: ignored CREATE_CHANNEL_MESSAGE with status DENIED',
      'warn: chime-delivery: ignored CHANNEL_DETAILS with ChannelMessages that are not a list',
    ]);
  });

  it('cause a warning if they are rows of CHANNEL_DETAILS, and the good rows count', async () => {
    const stage = await startStage();
    const { relay, tab, channel, alice, emulator } = stage;
    emulator.set({ eventCopies: 0 });
    const [id = ''] = await tab.send('SENT 0');
    const [{ messageId: MessageId } = { messageId: '' }] = emulator.messages;
    const good = { MessageId, ChannelArn: channel, Sender: { Arn: alice }, Status: { Value: 'SENT' } };
    for (const rows of [[null, 5, {}, good], ['row']])
      relay.injectEvent('CHANNEL_DETAILS', { Channel: { ChannelArn: channel }, ChannelMessages: rows });
    expect(brokenPromises(await tab.untilSettled([id]), { emulator, ids: [id] })).toEqual([]);
    await tab.heard('CHANNEL_DETAILS', 2);
    expect(await warnings(tab)).toHaveLength(1);
  });
});

describe('unrelated events', () => {
  it('with other bearers, unknown ids or unknown types cause no warning', async () => {
    const stage = await startStage();
    const { relay, channel, alice, bob, emulator } = stage;
    await expectNothingLost(stage, () => {
      const ours = emulator.messages.map(({ messageId }) => messageId);
      for (const MessageId of [...ours, 'unknown', 'x'.repeat(128)]) {
        // Another's word on our message is no word on it, nor is one from another channel.
        relay.injectEvent('DENIED_CREATE_CHANNEL_MESSAGE', { ChannelArn: channel, MessageId, Sender: { Arn: bob } });
        relay.injectEvent('CREATE_CHANNEL_MESSAGE', { ChannelArn: `${channel}x`, MessageId, Sender: { Arn: alice } });
        relay.injectEvent('FUTURE_CHANNEL_EVENT', { ChannelArn: channel, MessageId });
      }
    });
    expect(await warnings(stage.tab)).toEqual([]);
  });
});

describe('an invalid session', () => {
  it('is rejected with what was expected and what it got, and the attached one goes on', async () => {
    const stage = await startStage();
    for (const source of [{}, null, 'session', { addObserver: 1 }, { messages$: {} }])
      expect(await stage.tab.call('attachAnything', source)).toMatch(/addObserver and removeObserver.*got/s);
    await expectNothingLost(stage, () => undefined);
  });
});
