// What the service model can be told to do, the unknowns of the real service among it. These can be changed while it
// runs: the model reads them each time it needs them and keeps no copy. Defaults and checks are in `../options.ts`.

import type { Flow } from './flow.ts';
import type { TruthRecord } from './message.ts';
import type { PermissionSubject } from './operation.ts';

/**
 * How the status of a message that is not stored (denied, missing, read too soon) is answered. Which of these the real
 * service does is unknown: `'empty'` is `200 {}`, `'no-status'` is `{"Status":{}}`, `'null'` is `{"Status":null}`,
 * `'not-found'` is a 404 NotFoundException.
 */
export type DeniedShape = 'empty' | 'no-status' | 'null' | 'not-found';

/**
 * How edits look to those who read the message. None of this is published for the real service.
 */
export interface EditSettings {
  /**
   * What the message's Status says while an edit of it is with the flow, to its sender: `'pending'` (PENDING) or
   * `'unchanged'` (what it said before).
   */
  pendingEdit: 'pending' | 'unchanged';
  /** What it says after an edit was denied or failed: `'unchanged'` (SENT), or `'shown'` (DENIED or FAILED). */
  refusedEdit: 'unchanged' | 'shown';
  /** When an edit moves LastEditedTimestamp: once it is `'applied'`, or as soon as it is `'accepted'`, denied or not. */
  editTimestamp: 'applied' | 'accepted';
  /** What an edit gets while the message or an earlier edit is PENDING: `'conflict'` is a 409. */
  editWhilePending: 'conflict' | 'accepted';
}

/** What the service does with a ClientRequestToken that it remembers. Not published for the real service. */
export interface TokenSettings {
  /** How long it remembers one. */
  tokenMemoryMs: number;
  /** Whether the same token in another sub-channel of the channel is the same token. */
  tokenScope: 'channel' | 'sub-channel';
  /** What a known token with other content gets: the answer of its message, or a 409. */
  knownToken: 'same-answer' | 'conflict';
}

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
export interface ServiceSettings extends EditSettings, TokenSettings {
  flow: Flow | undefined;
  requestsPerSecond: number | ((bearer: string) => number);
  channelRequestsPerSecond: ChannelBudgets;
  deniedShape: DeniedShape;
  readLagMs: number | ((message: TruthRecord) => number);
  lagShape: DeniedShape | undefined;
  deletedChannel: 'not-found' | 'forbidden';
  restTimestamps: 'fraction' | 'whole-seconds';
  retryAfterSeconds: number | undefined;
  deniedCarriesContent: boolean;
  permissions: ((bearer: string, operation: PermissionSubject) => boolean) | undefined;
}
