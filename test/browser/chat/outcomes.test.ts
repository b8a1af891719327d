import { describe, expect, it } from '@jest/globals';

import { chatSuite } from './chat-kit.ts';

const suite = chatSuite();

describe('the chat with working websockets', () => {
  it('shows a message at once, then pending, then sent, and makes no request beyond the send', async () => {
    const chat = await suite.open();
    await chat.answerAfter(4);
    await chat.say('Alice', 'hello');
    await chat.status('Alice', 'hello', /Sending|Pending/);
    await chat.status('Alice', 'hello', 'Pending: waiting for the moderator');
    await chat.status('Alice', 'hello', 'Sent');
    await chat.message('Bob', 'hello').waitFor();
    await chat.announced('Alice', 'Alice, your message “hello”: Sent');
    await chat.announced('Bob', 'Alice to Bob: hello');
    expect(await chat.counts('Alice')).toMatchObject({ sends: 1, polls: 0, 'outcomes pushed': 1 });
    expect(chat.notes).toEqual([]);
    await chat.screenshot('sent');
  });

  it('shows why a message was denied', async () => {
    const chat = await suite.open();
    await chat.choose('Deny');
    await chat.say('Bob', 'cheap pills');
    await chat.status('Bob', 'cheap pills', 'Denied: it reads like spam');
    await chat.announced('Bob', /“cheap pills”: Denied: it reads like spam/);
    expect(await chat.message('Alice', 'cheap pills').count()).toBe(0);
    expect(chat.notes).toEqual([]);
    await chat.screenshot('denied');
  });

  it('can send a failed message again', async () => {
    const chat = await suite.open();
    await chat.choose('Fail');
    await chat.say('Alice', 'is this on?');
    await chat.status('Alice', 'is this on?', 'Failed: the moderator could not be reached');
    await chat.screenshot('failed');
    await chat.choose('Deliver');
    await chat.press(/^Send again: is this on\?$/);
    await chat.status('Alice', 'is this on?', 'Sent');
    expect(await chat.message('Alice', 'is this on?').count()).toBe(1);
    await chat.message('Bob', 'is this on?').waitFor();
  });
});

describe('an edit in the chat', () => {
  it('is shown at once, and applied; a denied one gives the old text back', async () => {
    const chat = await suite.open();
    await chat.say('Alice', 'see you at noon');
    await chat.status('Alice', 'see you at noon', 'Sent');
    await chat.edit('Alice', 'see you at noon', 'see you at one');
    await chat.message('Bob', 'see you at one').waitFor();
    await chat.status('Alice', 'see you at one', /^Sent$/);
    expect(await chat.message('Alice', 'see you at noon').count()).toBe(0);
    await chat.choose('Deny');
    await chat.edit('Alice', 'see you at one', 'win a prize');
    await chat.announced('Alice', /your edit “win a prize”: Denied/);
    await chat.message('Alice', 'see you at one').waitFor();
    expect(await chat.message('Bob', 'win a prize').count()).toBe(0);
    await chat.screenshot('edited');
  });
});

describe('the chat when it opens', () => {
  it('has a conversation, and leads to the documentation', async () => {
    const chat = await suite.open();
    await chat.status('Bob', 'drop the websockets on the right', 'Sent');
    await chat.message('Alice', 'drop the websockets on the right').waitFor();
    await chat.page.getByRole('link', { name: 'Concepts' }).click();
    await chat.page.getByText('# Concepts').waitFor();
    expect(new URL(chat.page.url()).pathname).toBe('/docs/concepts.md');
  });

  it('says that it loads the messages until the service has listed them', async () => {
    const chat = await suite.open();
    const { page } = chat;
    let list = (): void => undefined;
    const mayList = new Promise<void>((resolve) => (list = resolve));
    await page.route(/\/messages\?/, async (route) => {
      await mayList;
      await route.continue();
    });
    await page.reload();
    await chat.pane('Alice').getByText('Loading the messages').waitFor();
    expect(await chat.pane('Alice').getByText('No messages yet').count()).toBe(0);
    await chat.screenshot('loading');
    list();
    await chat.status('Alice', 'Is the new moderator', 'Sent');
    expect(await chat.pane('Alice').getByText('Loading the messages').count()).toBe(0);
  });
});

describe('the chat after a reload', () => {
  it('has the text of what could not be sent before, sends it once, and catches up', async () => {
    const chat = await suite.open();
    await chat.say('Bob', 'first');
    await chat.message('Alice', 'first').waitFor();
    await chat.page.context().setOffline(true);
    await chat.say('Alice', 'written offline');
    await chat.status('Alice', 'written offline', 'Sending');
    await chat.page.context().setOffline(false);
    await chat.reload();
    await chat.status('Alice', 'written offline', 'Sent');
    await chat.message('Bob', 'written offline').waitFor();
    for (const name of ['Alice', 'Bob'] as const) {
      expect(await chat.message(name, 'written offline').count()).toBe(1);
      expect(await chat.message(name, 'first').count()).toBe(1);
    }
    await chat.screenshot('reloaded');
  });

  it('shows what was not delivered, and sends it again', async () => {
    const chat = await suite.open();
    await chat.choose('Deny');
    await chat.say('Alice', 'cheap pills');
    await chat.status('Alice', 'cheap pills', 'Denied: it reads like spam');
    await chat.choose('Fail');
    await chat.say('Alice', 'is this on?');
    await chat.status('Alice', 'is this on?', 'Failed');
    await chat.reload();
    await chat.status('Alice', 'cheap pills', 'Denied: it reads like spam');
    await chat.status('Alice', 'is this on?', 'Failed: the moderator could not be reached');
    expect(await chat.message('Alice', 'is this on?').count()).toBe(1);
    await chat.choose('Deliver');
    await chat.press(/^Send again: is this on\?/);
    await chat.status('Alice', 'is this on?', 'Sent');
    await chat.message('Bob', 'is this on?').waitFor();
    await chat.screenshot('failed-after-reload');
  });

  it('lists the messages again, and tracks pending ones to their end', async () => {
    const chat = await suite.open();
    await chat.say('Alice', 'before the reload');
    await chat.status('Alice', 'before the reload', 'Sent');
    // Longer than a reload takes, on a busy machine too.
    await chat.answerAfter(10);
    await chat.say('Bob', 'still on its way');
    await chat.status('Bob', 'still on its way', 'Pending');
    await chat.reload();
    await chat.status('Alice', 'before the reload', 'Sent');
    await chat.message('Bob', 'before the reload').waitFor();
    await chat.status('Bob', 'still on its way', 'Pending');
    await chat.status('Bob', 'still on its way', 'Sent');
    await chat.message('Alice', 'still on its way').waitFor();
    // Only what was new is announced.
    expect(await chat.pane('Alice').getByRole('status').textContent()).not.toContain('before the reload');
  });
});
