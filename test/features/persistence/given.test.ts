// What the app gave with a delivery (input, context, and so on) comes back with it.
import { describe, expect, it } from '@jest/globals';

import { replies } from '../../support/scripted-service.ts';
import { draft, lives } from '../../support/restart-kit.ts';
import { HOUR, MINUTE, pass, SECOND } from '../../support/tracker-kit.ts';

const edit = { ChannelArn: draft.ChannelArn, MessageId: 'm9', Content: 'better' };

describe('after a restart', () => {
  it.each([
    ['before the response', 0],
    ['after it', SECOND],
  ])('a send that was made %s has its input, context, type and persistence', async (_when, ms) => {
    const { start, service } = lives();
    if (ms === 0) service.answer('send', replies.hangs());
    const first = await start();
    const { id } = first.tracker.send({ ...draft, Metadata: 'meta' }, { context: { bubble: [1, 2] } });
    await pass(Math.max(ms, 50));
    first.kill();
    service.heal('send');
    const second = await start();
    const state = second.tracker.get(id);
    expect(state).toMatchObject({ type: 'STANDARD', persistence: 'PERSISTENT', context: { bubble: [1, 2] } });
    // As it was given: without the token and the bearer that were added.
    expect(state?.input).toEqual({ ...draft, Metadata: 'meta' });
    expect(Object.isFrozen(state?.input)).toBe(true);
    await pass(SECOND);
    expect(second.tracker.get(id)?.status).toBe('PENDING');
  });

  it('a send with a token and a bearer of its own has both in its input', async () => {
    const { start } = lives();
    const first = await start();
    const input = { ...draft, ClientRequestToken: 'token-1' };
    first.tracker.send(input);
    await pass(SECOND);
    first.kill();
    const second = await start();
    expect(second.tracker.get('token-1')?.input).toEqual(input);
  });

  it('a send can be sent again, with its context, once it has failed', async () => {
    const { start, service } = lives();
    const first = await start();
    const { id } = first.tracker.send(draft, { context: 'c' });
    await pass(SECOND);
    first.kill();
    const second = await start();
    service.settle('m1', 'FAILED');
    await pass(MINUTE);
    const again = second.tracker.retry(id);
    await pass(SECOND);
    expect(again.state).toMatchObject({ status: 'PENDING', messageId: 'm2', input: draft, context: 'c', retryOf: id });
    second.kill();
    const third = await start();
    expect(third.tracker.get(again.id)).toMatchObject({ retryOf: id, context: 'c' });
  });

  it('an edit that was not answered is sent, and one that was is followed', async () => {
    const { start, service } = lives();
    service.answer('update', replies.hangs());
    const first = await start();
    const open = first.tracker.update(edit, { context: 'c' });
    await pass(SECOND);
    first.kill();
    service.heal('update');
    const second = await start();
    expect(second.tracker.get('m9', { operation: 'update' })).toMatchObject({ id: open.id, input: edit, context: 'c' });
    await pass(SECOND);
    expect(second.tracker.get(open.id)?.status).toBe('PENDING');
    second.kill();
    const third = await start();
    service.answer(
      'message',
      replies.found('m9', 'SENT', { Content: 'better', LastEditedTimestamp: new Date(Date.now()) }),
    );
    await pass(MINUTE);
    expect(third.tracker.get(open.id)).toMatchObject({ status: 'SENT', evidence: 'message', input: edit });
    expect(service.count('update')).toBe(2);
  });

  it('edits of one message are still sent in their order', async () => {
    const { start, service } = lives();
    service.answer('update', {
      error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    });
    const first = await start();
    for (const Content of ['one', 'two', 'three']) first.tracker.update({ ...edit, Content });
    await pass(10 * SECOND);
    first.kill();
    service.heal('update');
    const before = service.count('update');
    await start();
    await pass(MINUTE);
    const sent = service.requests('update').slice(before);
    expect(sent.map(({ input }) => input['Content'])).toEqual(['one', 'two', 'three']);
  });

  it('a send with an expiry of seconds is not sent hours later', async () => {
    const { start, service } = lives();
    service.answer('send', {
      error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
    });
    const first = await start();
    const { id } = first.tracker.send({ ...draft, Type: 'CONTROL' }, { expireMs: 3 * SECOND });
    await pass(100);
    await first.tracker.close();
    await pass(HOUR);
    service.heal('send');
    const before = service.count('send');
    const second = await start();
    await pass(SECOND);
    expect(service.count('send')).toBe(before);
    expect(second.tracker.get(id)).toMatchObject({ status: 'FAILED', error: { code: 'SEND_EXPIRED' } });
  });

  it('without the content, the context comes back, and the text does not', async () => {
    const { start, disk } = lives();
    const first = await start({ send: { persistContent: false } });
    const { id } = first.tracker.send(draft, { context: 'c' });
    await pass(SECOND);
    first.kill();
    expect(JSON.stringify(disk.read(`sent-${id}`))).not.toContain('hello');
    const second = await start({ send: { persistContent: false } });
    const state = second.tracker.get(id);
    expect(state).toMatchObject({ context: 'c', type: 'STANDARD' });
    expect(state).not.toHaveProperty('input');
    await pass(SECOND);
    second.service.settle('m1', 'DENIED');
    await pass(MINUTE);
    expect(() => second.tracker.retry(id)).toThrow(expect.objectContaining({ code: 'CONTENT_NOT_KEPT' }));
  });

  it('what the app tracks again by its MessageId learns it from its record', async () => {
    const { boot, start } = lives();
    const first = await start();
    first.tracker.send(draft, { context: 'c' });
    await pass(SECOND);
    first.kill();
    const second = boot();
    second.track('m1');
    await pass(5 * SECOND);
    expect(second.tracker.get('m1')).toMatchObject({ input: draft, context: 'c' });
  });
});
