/** Credentials that expire: in the page, whose provider then gives old ones, and at the service, which refuses them. */
import { faults } from '../../../src/emulator/index.ts';
import type { Kit } from '../../support/emulator-kit.ts';
import type { Tab } from './tab.ts';

/** Returns the way to refresh them, which resolves with the time at which they work again. */
export async function expireCredentials({ emulator }: Kit, tab: Tab): Promise<() => Promise<number>> {
  await tab.call('expireCredentials', true);
  const heal = emulator.fault(faults.expiredToken());
  return async () => {
    await tab.call('expireCredentials', false);
    heal();
    return Date.now();
  };
}
