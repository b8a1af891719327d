/** Restores what a tab that ended has left. */
import { restore, type RestorePorts } from '../../core/restore.ts';
import type { PeerDelivery } from './protocol.ts';

/** Deliveries that were handed over whole are restored as they are. Of the rest a store knows more, where there is one. */
export async function takeOver(deliveries: readonly PeerDelivery[], ports: RestorePorts): Promise<void> {
  const found = deliveries.map((each) => ({ ...each, keys: [] }));
  for (const each of found) if (each.input !== undefined) restore(each, ports);
  await ports.recoveryLog?.rescan();
  for (const each of found) if (each.input === undefined) restore(each, ports);
}
