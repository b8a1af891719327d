/** How pending deliveries are polled: the pace, and the two ways of needing fewer polls. */
import type { BackoffOptions } from './backoff.ts';

export interface PollingOptions extends BackoffOptions {
  /** Whether one ListChannelMessages may settle several deliveries of a channel. */
  readonly batch: boolean;
  /** Whether polls are planned by the processing times that were observed, rather than by backoff alone. */
  readonly learn: boolean;
}
