/** How pending deliveries are looked at: the pace, and the two ways of needing fewer looks. */
import type { PollingPace } from './pace-of-looks.ts';

export interface PollingOptions extends PollingPace {
  /** Whether one ListChannelMessages may settle several deliveries of a channel. */
  readonly batch: boolean;
  /** Whether looks are planned by the processing times that were observed, rather than by backoff alone. */
  readonly learn: boolean;
}
