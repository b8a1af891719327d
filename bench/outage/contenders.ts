/**
 * The contenders after an outage: this library, and an app's alternatives. The peers' settings are those that did best.
 */
import { chimeDelivery } from '../contenders/chime-delivery.ts';
import type { Contender } from '../contenders/contender.ts';
import { queryPerMessage } from '../contenders/query-per-message.ts';
import { rxjsPoller } from '../contenders/rxjs-poller.ts';
import { waiterPerMessage } from '../contenders/waiter-per-message.ts';

export const ours: readonly Contender[] = [chimeDelivery()];
export const peers: readonly Contender[] = [waiterPerMessage(1, 10), queryPerMessage(2_000), rxjsPoller()];
