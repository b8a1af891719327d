// Test runners: jest with CommonJS in Node and in jsdom, and vitest.
import { OUTCOME, SMALL_STORY, STORY, type Environment } from './environment.ts';

/** With jsdom's own conditions the SDK is an ES module, which jest cannot require: the guide names the setting. */
const JSDOM_TEST = `
  /**
   * @jest-environment jsdom
   * @jest-environment-options { "customExportConditions": ["node", "node-addons"] }
   */
  const { createElement } = require('react');
  const { createRoot } = require('react-dom/client');
  const { act } = require('react');
  const { createDeliveryTracker } = require('chime-delivery');
  const { DeliveryProvider, useDelivery } = require('chime-delivery/react');

  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  test('a bubble shows its outcome', async () => {
    let answer;
    const client = { send: () => new Promise((resolve) => (answer = resolve)) };
    const tracker = createDeliveryTracker({ client, chimeBearer: 'arn:aws:chime:us-east-1:111122223333:app-instance/a/user/b' });
    const delivery = tracker.send({
      ChannelArn: 'arn:aws:chime:us-east-1:111122223333:app-instance/a/channel/c',
      Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT',
    });
    const Bubble = () => createElement('p', null, useDelivery(delivery.id)?.status);
    const root = createRoot(document.body.appendChild(document.createElement('div')));
    await act(() => root.render(createElement(DeliveryProvider, { tracker }, createElement(Bubble))));
    expect(document.body.textContent).toBe('SENDING');
    while (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await act(async () => {
      answer({ MessageId: 'm1', Status: { Value: 'SENT' } });
      await delivery.settled;
    });
    expect(document.body.textContent).toBe('SENT');
    await tracker.close();
  });
`;

/** The hooks need no setting. */
const JSDOM_HOOKS_TEST = `
  /** @jest-environment jsdom */
  test('the hooks can be imported', () => expect(typeof require('chime-delivery/react').useDelivery).toBe('function'));
`;

const NODE_TEST = `
  const { ChimeSDKMessagingClient } = require('@aws-sdk/client-chime-sdk-messaging');
  const { createDeliveryTracker } = require('chime-delivery');
  const { startChimeEmulator } = require('chime-delivery/emulator');
  test('a message reaches its end', async () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    ${STORY}
    expect(log).toHaveBeenCalledWith('${OUTCOME}');
  });
`;

export const testRunners: readonly Environment[] = [
  {
    name: 'jest, CommonJS in Node and in jsdom',
    quick: true,
    packages: ['jest@30', 'jest-environment-jsdom@30', 'react@19', 'react-dom@19'],
    check: async (app) => {
      await app.write('node.test.js', NODE_TEST);
      await app.write('jsdom.test.js', JSDOM_TEST.trimStart());
      await app.write('jsdom-hooks.test.js', JSDOM_HOOKS_TEST.trimStart());
      // jsdom has none of these, and the SDK needs them.
      await app.write('globals.js', `Object.assign(globalThis, require('node:util'), require('node:stream/web'));`);
      await app.bin('jest', '--ci', '--setupFiles', './globals.js');
    },
  },
  {
    name: 'vitest',
    packages: ['vitest@4'],
    check: async (app) => {
      await app.write('story.js', SMALL_STORY);
      await app.write(
        'story.test.js',
        `import { expect, it } from 'vitest';
         import { run } from './story.js';
         it('reaches its end', async () => expect(await run()).toBe('${OUTCOME}'));`,
      );
      await app.bin('vitest', 'run');
    },
  },
];
