// The playground of the site: the emulator's model, the real SDK client and the real tracker, without a server.
import { describe, expect, it } from '@jest/globals';

import { PageService, plainChat, trackedChat, type Chat } from '../../docs/.vitepress/playground/chats.ts';

function start(): { service: PageService; plain: Chat; tracked: Chat; end: () => void } {
  const service = new PageService();
  const plain = plainChat(service, () => undefined);
  const tracked = trackedChat(
    service,
    () => undefined,
    () => undefined,
  );
  const end = (): void => {
    plain.close();
    tracked.close();
  };
  return { service, plain, tracked, end };
}

const statusOf = ({ bubbles }: Chat): string | undefined => bubbles.at(-1)?.status;

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the playground', () => {
  it('shows a message stuck without the library, and its true end with it', async () => {
    const { service, plain, tracked, end } = start();
    try {
      service.setSocket('down');
      for (const chat of [plain, tracked]) chat.send('Are you there?');
      await until(() => statusOf(tracked) === 'sent');
      service.setSocket('up');
      expect(statusOf(plain)).toBe('sending…');
    } finally {
      end();
    }
  });

  it('denies, throttles, and is loaded again', async () => {
    const { service, plain, tracked, end } = start();
    try {
      service.denied.add('bad');
      for (const chat of [plain, tracked]) chat.send('bad');
      await until(() => statusOf(plain) === 'denied' && statusOf(tracked) === 'denied');
      service.throttle(true);
      for (const chat of [plain, tracked]) chat.send('later');
      await until(() => statusOf(plain) === 'error');
      tracked.reload();
      expect(statusOf(tracked)).toBe('sending…');
      service.throttle(false);
      await until(() => statusOf(tracked) === 'sent');
    } finally {
      end();
    }
  });
});
