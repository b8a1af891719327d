import { describe, expect, it } from '@jest/globals';

import { afterTest, startKit } from '../support/emulator-kit.ts';
import type { Kit } from '../support/emulator-kit.ts';
import { connectRealSession, createRealSession } from '../support/real-session.ts';
import type { RealSession, RealSessionOptions } from '../support/real-session.ts';

async function connect(kit: Kit, more: Partial<RealSessionOptions> = {}): Promise<RealSession> {
  const { emulator, client, alice: userArn } = kit;
  const real = await connectRealSession({ emulator, client, userArn, ...more });
  afterTest(() => real.stop());
  return real;
}

describe('the real DefaultMessagingSession', () => {
  it('connects, receives outcomes, and stops', async () => {
    const kit = await startKit({ flow: () => ({ outcome: 'FAILED', afterMs: 0, detail: 'no luck' }) });
    const real = await connect(kit);
    const id = await kit.sent();
    expect(await real.message('FAILED_CREATE_CHANNEL_MESSAGE')).toMatchObject({
      MessageId: id,
      Status: { Value: 'FAILED', Detail: 'no luck' },
    });
    await real.stop();
    await real.heard('stopped 1005');
    expect(real.story).toEqual(['connecting', 'started', 'stopped 1005']);
    expect(real.messages.map(({ type }) => type)).toEqual([
      'SESSION_ESTABLISHED',
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'FAILED_CREATE_CHANNEL_MESSAGE',
    ]);
    expect(real.messages[0]?.payload).toBeNull();
    expect(kit.emulator.log[0]).toMatchObject({ operation: 'GetMessagingSessionEndpoint', status: 200 });
  });

  it('reports nothing when it is dropped, reconnects, and gets the prefetch again', async () => {
    const kit = await startKit();
    const real = await connect(kit, { prefetch: true });
    await real.message('CHANNEL_DETAILS');
    kit.emulator.dropSockets();
    const id = await kit.sent();
    const details = await real.message('CHANNEL_DETAILS', ({ ChannelMessages }) =>
      JSON.stringify(ChannelMessages).includes(id),
    );
    expect(details).toMatchObject({ ChannelMessages: [{ MessageId: id, Status: { Value: 'SENT' } }] });
    expect(real.story).toEqual(['connecting', 'started', 'reconnecting', 'started']);
    expect(kit.emulator.connections.map(({ closeCode }) => closeCode)).toEqual([1006, undefined]);
  });

  it('rejects with the close code when it may not connect', async () => {
    const kit = await startKit({ permissions: (_bearer, subject) => subject !== 'Connect' });
    const real = createRealSession({ emulator: kit.emulator, client: kit.client, userArn: kit.alice });
    await expect(real.start()).rejects.toMatchObject({ code: 4401 });
    expect(real.story).toEqual(['connecting']);
  });

  it('retries while connections open and drop, and stops for good when requested', async () => {
    const kit = await startKit();
    const real = await connect(kit);
    kit.emulator.refuseSockets('drop');
    kit.emulator.dropSockets();
    await real.heard('reconnecting', 2);
    await real.stop();
    expect(real.story.filter((line) => line.startsWith('stopped'))).toEqual([]);
    expect(kit.emulator.connections.every(({ closedAt }) => closedAt !== undefined)).toBe(true);
  });

  it('receives an event before the response to its send, if the options require it', async () => {
    const kit = await startKit({ eventOrder: 'before-response', flow: () => ({ outcome: 'DENIED', afterMs: 0 }) });
    const real = await connect(kit);
    await kit.send();
    expect(real.messages.map(({ type }) => type)).toEqual([
      'SESSION_ESTABLISHED',
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'DENIED_CREATE_CHANNEL_MESSAGE',
    ]);
  });

  it('does not notice a half-open socket, and can be stopped all the same', async () => {
    const kit = await startKit();
    const real = await connect(kit);
    kit.emulator.halfOpenSockets();
    await kit.sent();
    await real.stop();
    expect(real.story).toEqual(['connecting', 'started']);
    expect(real.messages).toHaveLength(1);
  });
});
