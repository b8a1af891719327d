// The settings of the service model, with those for the unknowns of the real service. They can be changed while it runs: the
// model reads them at each use and keeps no copy. Defaults and validation are in `../settings.ts`.

import type { Processor } from './processor.ts';
import type { Flow } from './flow.ts';
import type { TruthRecord } from './message.ts';
import type { PermissionSubject } from './operation.ts';

/**
 * The answer to GetChannelMessageStatus for a message that is not stored (denied, missing, read too soon). Unknown for the real
 * service: `'empty'` is `200 {}`, `'no-status'` is `{"Status":{}}`, `'null'` is `{"Status":null}`, `'not-found'` is a 404
 * NotFoundException.
 */
export type DeniedShape = 'empty' | 'no-status' | 'null' | 'not-found';

/** How edits appear to readers of the message. Not published for the real service. */
export interface EditSettings {
  /**
   * The message's Status for its sender while the flow processes an edit: `'pending'` (PENDING), or `'unchanged'` (the one
   * before).
   */
  pendingEdit: 'pending' | 'unchanged';
  /** The message's Status after an edit was denied or failed: `'unchanged'` (SENT), or `'shown'` (DENIED or FAILED). */
  refusedEdit: 'unchanged' | 'shown';
  /** When an edit changes LastEditedTimestamp: once it is `'applied'`, or as soon as it is `'accepted'`, denied or not. */
  editTimestamp: 'applied' | 'accepted';
  /** The answer to an edit while the message or an earlier edit is PENDING: `'conflict'` is a 409. */
  editWhilePending: 'conflict' | 'accepted';
}

/** How the service handles a ClientRequestToken. Not published for the real service. */
export interface TokenSettings {
  /** How long it remembers a token, in milliseconds. */
  tokenMemoryMs: number;
  /** Whether the same token in another sub-channel of the channel is the same token. */
  tokenScope: 'channel' | 'sub-channel';
  /** The answer to a known token with other content: that of its message, or a 409. */
  knownToken: 'same-answer' | 'conflict';
}

/** Budgets of one channel for all its users together, in requests per second. */
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
  processors?: Readonly<Record<string, Processor>> | undefined;
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
