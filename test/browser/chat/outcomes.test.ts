import { describe, expect, it } from '@jest/globals';

import { chatSuite } from './chat-kit.ts';

const suite = chatSuite();

describe('the chat with working websockets', () => {
  it('shows a message at once, then pending, then sent, and makes no request beyond the send', async () => {
    const chat = await suite.open();
    await chat.answerAfter(4);
    await chat.say('Alice', 'hello');
    await chat.fate('Alice', 'hello', /Sending|Pending/);
    await chat.fate('Alice', 'hello', 'Pending: waiting for the moderator');
    await chat.fate('Alice', 'hello', 'Sent');
    await chat.message('Bob', 'hello').waitFor();
    await chat.announced('Alice', 'Alice, your message “hello”: Sent');
    await chat.announced('Bob', 'Alice to Bob: hello');
    expect(await chat.counts('Alice')).toEqual({ requests: 1, sends: 1, looks: 0, 'outcomes pushed': 1 });
    expect(chat.notes).toEqual([]);
    await chat.screenshot('sent');
  });

  it('shows why a message was denied', async () => {
    const chat = await suite.open();
    await chat.choose('Deny');
    await chat.say('Bob', 'cheap pills');
    await chat.fate('Bob', 'cheap pills', 'Denied: it reads like spam');
    await chat.announced('Bob', /“cheap pills”: Denied: it reads like spam/);
    expect(await chat.message('Alice', 'cheap pills').count()).toBe(0);
    expect(chat.notes).toEqual([]);
    await chat.screenshot('denied');
  });

  it('can send a failed message again', async () => {
    const chat = await suite.open();
    await chat.choose('Fail');
    await chat.say('Alice', 'is this on?');
    await chat.fate('Alice', 'is this on?', 'Failed: the moderator could not be reached');
    await chat.screenshot('failed');
    await chat.choose('Deliver');
    await chat.press(/^Send again: is this on\?$/);
    await chat.fate('Alice', 'is this on?', 'Sent');
    expect(await chat.message('Alice', 'is this on?').count()).toBe(1);
    await chat.message('Bob', 'is this on?').waitFor();
  });
});

describe('the chat after a reload', () => {
  it('lists the messages again, and tracks pending ones to their end', async () => {
    const chat = await suite.open();
    await chat.say('Alice', 'before the reload');
    await chat.fate('Alice', 'before the reload', 'Sent');
    // Longer than a reload takes, on a busy machine too.
    await chat.answerAfter(10);
    await chat.say('Bob', 'still on its way');
    await chat.fate('Bob', 'still on its way', 'Pending');
    await chat.reload();
    await chat.fate('Alice', 'before the reload', 'Sent');
    await chat.message('Bob', 'before the reload').waitFor();
    await chat.fate('Bob', 'still on its way', 'Pending');
    await chat.fate('Bob', 'still on its way', 'Sent');
    await chat.message('Alice', 'still on its way').waitFor();
    // Only what was new is announced.
    expect(await chat.pane('Alice').getByRole('status').textContent()).not.toContain('before the reload');
  });
});
