import { describe, expect, it } from '@jest/globals';

import { chatSuite } from './chat-kit.ts';

const suite = chatSuite();

describe('the chat through an outage', () => {
  it('polls while the websockets are down, and uses push again when they are back', async () => {
    const chat = await suite.open();
    await chat.choose('Dropped');
    await chat.disconnected();
    await chat.say('Alice', 'can you hear me?');
    await chat.fate('Alice', 'can you hear me?', 'Sent');
    await chat.choose('Deny');
    await chat.say('Alice', 'buy now');
    await chat.fate('Alice', 'buy now', 'Denied: the reason was lost with the websocket');
    await chat.choose('Fail');
    await chat.say('Bob', 'nobody home');
    await chat.fate('Bob', 'nobody home', 'Failed: the moderator could not be reached');
    const { looks = 0, 'outcomes pushed': pushed } = await chat.counts('Alice');
    expect(looks).toBeGreaterThan(1);
    expect(pushed).toBe(0);
    await chat.screenshot('outage');

    // What was missed is listed, what is new is pushed.
    expect(await chat.message('Bob', 'can you hear me?').count()).toBe(0);
    await chat.choose('Deliver');
    await chat.choose('Working');
    await chat.connected();
    await chat.message('Bob', 'can you hear me?').waitFor();
    const before = await chat.counts('Bob');
    await chat.say('Bob', 'loud and clear');
    await chat.fate('Bob', 'loud and clear', 'Sent');
    await chat.lane('Bob', 'loud and clear').filter({ hasText: 'SENT pushed' }).waitFor();
    expect(await chat.counts('Bob')).toMatchObject({
      sends: (before['sends'] ?? 0) + 1,
      looks: before['looks'],
      'outcomes pushed': 1,
    });
    await chat.screenshot('restored');
  });

  it('detects a half-open websocket, and polls instead', async () => {
    const chat = await suite.open();
    await chat.choose('Half-open');
    await chat.say('Alice', 'into the void');
    await chat.fate('Alice', 'into the void', 'Pending');
    // The link claims to be up until the first safety poll finds what should have been pushed.
    await chat.pane('Alice').getByText('Live').waitFor();
    await chat.fate('Alice', 'into the void', 'Sent');
    await chat.pane('Alice').getByText('Offline').waitFor();
    await chat.screenshot('half-open');
    await chat.say('Alice', 'and another');
    await chat.fate('Alice', 'and another', 'Sent');
    expect(await chat.counts('Alice')).toMatchObject({ sends: 2, 'outcomes pushed': 0 });
  });

  it('waits while the credentials are expired, and loses nothing', async () => {
    const chat = await suite.open();
    await chat.choose('Dropped');
    await chat.disconnected();
    await chat.answerAfter(6);
    await chat.say('Alice', 'sent in time');
    await chat.fate('Alice', 'sent in time', 'Pending');
    await chat.press(/^Expire credentials/);
    await chat.say('Bob', 'too late');
    await chat.pane('Alice').getByText('Credentials expired: waiting').waitFor();
    await chat.pane('Bob').getByText('Credentials expired: waiting').waitFor();
    await chat.screenshot('expired');
    await chat.fate('Alice', 'sent in time', 'Sent');
    await chat.fate('Bob', 'too late', 'Sent');
    expect(await chat.pane('Alice').getByText('Credentials expired').count()).toBe(0);
  });

  it('slows down when it is throttled, and every message arrives once', async () => {
    const chat = await suite.open();
    await chat.press(/^Throttle/);
    for (const text of ['one', 'two', 'three']) await chat.say('Alice', text);
    await chat.fate('Alice', 'one', 'Sending');
    await chat.screenshot('throttled');
    for (const text of ['one', 'two', 'three']) {
      await chat.fate('Alice', text, 'Sent');
      await chat.message('Bob', text).waitFor();
      expect(await chat.message('Bob', text).count()).toBe(1);
    }
    expect((await chat.counts('Alice'))['throttled']).toBeGreaterThan(0);
  });
});
