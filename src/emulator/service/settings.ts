// What the service model can be told to do, the unknowns of the real service among it. These can be changed while it
// runs: the model reads them each time it needs them and keeps no copy. Defaults and checks are in `../options.ts`.

import type { Flow } from './flow.ts';
import type { PermissionSubject } from './operation.ts';

/**
 * How the status of a message that is not stored (denied, missing, read too soon) is answered. Which of these the real
 * service does is unknown: `'empty'` is `200 {}`, `'no-status'` is `{"Status":{}}`, `'null'` is `{"Status":null}`,
 * `'not-found'` is a 404 NotFoundException.
 */
export type DeniedShape = 'empty' | 'no-status' | 'null' | 'not-found';

/** Budgets of one channel, all its users together, in requests per second. */
export interface ChannelBudgets {
  /** Sends, updates and redactions. Documented default: 30 (10 in eu-central-1). */
  sends: number;
  /** ListChannelMessages. Documented default: 30. */
  lists: number;
  /** GetChannelMessage. Documented default: 30. */
  gets: number;
}

/** The settings of the service model, each with a value. */
export interface ServiceSettings {
  flow: Flow | undefined;
  requestsPerSecond: number | ((bearer: string) => number);
  channelRequestsPerSecond: ChannelBudgets;
  deniedShape: DeniedShape;
  readLagMs: number;
  retryAfterSeconds: number | undefined;
  tokenMemoryMs: number;
  deniedCarriesContent: boolean;
  permissions: ((bearer: string, operation: PermissionSubject) => boolean) | undefined;
}
