// React 17, 18 and 19, in a document of jsdom.
import { expectLine } from './app.ts';
import type { Environment } from './environment.ts';

const RENDER = {
  17: `import ReactDOM from 'react-dom'; const render = (element, into) => ReactDOM.render(element, into);`,
  18: `import { createRoot } from 'react-dom/client'; const render = (element, into) => createRoot(into).render(element);`,
  19: `import { createRoot } from 'react-dom/client'; const render = (element, into) => createRoot(into).render(element);`,
} as const;

export const react: readonly Environment[] = ([17, 18, 19] as const).map((version) => ({
  name: `React ${version}`,
  quick: version === 17,
  packages: [`react@${version}`, `react-dom@${version}`, 'jsdom@26'],
  check: async (app) => {
    await app.write(
      'dom.mjs',
      `import { JSDOM } from 'jsdom';
       const { window } = new JSDOM('<div id="root"></div>', { url: 'http://localhost/', pretendToBeVisual: true });
       Object.assign(globalThis, { window, document: window.document });
       Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });`,
    );
    await app.write(
      'app.mjs',
      `import './dom.mjs';
       import React from 'react';
       ${RENDER[version]}
       import { createDeliveryTracker } from 'chime-delivery';
       import { DeliveryProvider, useDeliveries, useDelivery, useMessages, useSend } from 'chime-delivery/react';

       const ChannelArn = 'arn:aws:chime:us-east-1:111122223333:app-instance/a/channel/c';
       const client = { send: async () => ({ MessageId: 'm1', Status: { Value: 'SENT' } }) };
       const tracker = createDeliveryTracker({ client, chimeBearer: 'arn:aws:chime:us-east-1:111122223333:app-instance/a/user/b' });
       const none = [];
       let send;
       function Chat() {
         send = useSend();
         const shown = useDeliveries().map(({ id }) => React.createElement(Bubble, { key: id, id }));
         const messages = useMessages(none, { channelArn: ChannelArn });
         return React.createElement('p', null, shown, ' of ', messages.length);
       }
       const Bubble = ({ id }) => React.createElement('b', null, useDelivery(id)?.status);
       render(React.createElement(DeliveryProvider, { tracker }, React.createElement(Chat)), document.getElementById('root'));
       const shows = async (text) => {
         while (document.body.textContent !== text) await new Promise((resolve) => setTimeout(resolve, 10));
       };
       await shows(' of 0');
       await send({ ChannelArn, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT' }).settled;
       await shows('SENT of 1');
       await tracker.close();
       console.log('rendered by ' + React.version.split('.')[0]);
       process.exit(0);`,
    );
    expectLine(await app.run(process.execPath, ['app.mjs']), `rendered by ${version}`);
  },
}));
