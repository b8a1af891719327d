import { describe, expect, it } from '@jest/globals';

import { chatSuite } from './chat-kit.ts';

const suite = chatSuite();

describe('the chat through an outage', () => {
  it('polls while the websockets are down, and uses push again when they are back', async () => {
    const chat = await suite.open();
    await chat.choose('Dropped');
    await chat.disconnected();
    await chat.say('Alice', 'can you hear me?');
    await chat.status('Alice', 'can you hear me?', 'Sent');
    await chat.choose('Deny');
    await chat.say('Alice', 'buy now');
    await chat.status('Alice', 'buy now', 'Denied: polling cannot read the reason');
    await chat.choose('Fail');
    await chat.say('Bob', 'is it down?');
    await chat.status('Bob', 'is it down?', 'Failed: the moderator could not be reached');
    const { polls = 0, 'outcomes pushed': pushed } = await chat.counts('Alice');
    expect(polls).toBeGreaterThan(1);
    expect(pushed).toBe(0);
    await chat.screenshot('outage');

    // Missed messages are listed; new ones come by push.
    expect(await chat.message('Bob', 'can you hear me?').count()).toBe(0);
    await chat.choose('Deliver');
    await chat.choose('Working');
    await chat.connected();
    await chat.message('Bob', 'can you hear me?').waitFor();
    const before = await chat.counts('Bob');
    await chat.say('Bob', 'loud and clear');
    await chat.status('Bob', 'loud and clear', 'Sent');
    await chat.showTimelineOf('Bob');
    await chat
      .lane('Bob', 'loud and clear')
      .filter({ hasText: /SENT\s+websocket/ })
      .waitFor();
    expect(await chat.counts('Bob')).toMatchObject({
      sends: (before['sends'] ?? 0) + 1,
      polls: before['polls'],
      'outcomes pushed': 1,
    });
    await chat.screenshot('restored');
  });

  it('detects a half-open websocket, and polls instead', async () => {
    const chat = await suite.open();
    await chat.choose('Half-open');
    await chat.say('Alice', 'into the void');
    await chat.status('Alice', 'into the void', 'Pending');
    // Push counts as up until the first safety poll finds an outcome that push should have delivered.
    await chat.pane('Alice').getByText('Online').waitFor();
    await chat.status('Alice', 'into the void', 'Sent');
    await chat.pane('Alice').getByText('Offline').waitFor();
    await chat.screenshot('half-open');
    await chat.say('Alice', 'and another');
    await chat.status('Alice', 'and another', 'Sent');
    expect(await chat.counts('Alice')).toMatchObject({ sends: 2, 'outcomes pushed': 0 });
  });

  it('suspends requests while the credentials are expired, and loses no message', async () => {
    const chat = await suite.open();
    await chat.choose('Dropped');
    await chat.disconnected();
    await chat.answerAfter(6);
    await chat.say('Alice', 'sent in time');
    await chat.status('Alice', 'sent in time', 'Pending');
    await chat.press(/^Expire credentials/);
    await chat.say('Bob', 'too late');
    await chat.pane('Alice').getByText('Credentials expired: requests suspended').waitFor();
    await chat.pane('Bob').getByText('Credentials expired: requests suspended').waitFor();
    await chat.screenshot('expired');
    await chat.status('Alice', 'sent in time', 'Sent');
    await chat.status('Bob', 'too late', 'Sent');
    expect(await chat.pane('Alice').getByText('Credentials expired').count()).toBe(0);
  });

  it('slows down when it is throttled, and delivers every message once', async () => {
    const chat = await suite.open();
    await chat.press(/^Throttle/);
    for (const text of ['one', 'two', 'three']) await chat.say('Alice', text);
    await chat.status('Alice', 'one', 'Sending');
    await chat.screenshot('throttled');
    for (const text of ['one', 'two', 'three']) {
      await chat.status('Alice', text, 'Sent');
      await chat.message('Bob', text).waitFor();
      expect(await chat.message('Bob', text).count()).toBe(1);
    }
    expect((await chat.counts('Alice'))['throttled']).toBeGreaterThan(0);
  });
});
