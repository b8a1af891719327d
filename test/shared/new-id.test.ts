// Ids where the platform has no source of random numbers, as React Native without a polyfill.
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDeliveryTracker, isChimeDeliveryError, MissingCryptoError } from 'chime-delivery';

import { ALICE, CHANNEL, ScriptedService } from '../support/scripted-service.ts';

const crypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
afterEach(() => {
  if (crypto !== undefined) Object.defineProperty(globalThis, 'crypto', crypto);
});

describe('send', () => {
  it.each([
    ['no crypto', undefined],
    ['a crypto without getRandomValues', {}],
  ])('throws a typed error that names the polyfill where there is %s', async (_name, value) => {
    Object.defineProperty(globalThis, 'crypto', { value, configurable: true });
    const tracker = createDeliveryTracker({ client: new ScriptedService().client, chimeBearer: ALICE });
    const input = { ChannelArn: CHANNEL, Content: 'hi', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const;
    let thrown: unknown;
    try {
      tracker.send(input);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MissingCryptoError);
    expect(isChimeDeliveryError(thrown)).toBe(true);
    expect((thrown as Error).message).toContain('import `react-native-get-random-values`');
    await tracker.close();
  });
});
