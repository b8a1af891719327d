/** The options of the preset `createDeliveryTracker`: those of a tracker, and those of its features. */
import { expectStore, type DeliveryStore } from '../core/ports/store.ts';
import type { BackoffOptions } from '../poll/backoff.ts';
import type { SendRules } from '../send/sender.ts';
import { expectBoolean, expectReadable } from '../shared/validate.ts';
import type { MoreNames } from './option-names.ts';
import { orDefault, readTrackerOptions, type Settings } from './options.ts';
import type { TrackerOptions } from './tracker-options.ts';

/** How pending deliveries are polled: the backoff, and the two ways of needing fewer polls. */
export interface PollingOptions extends BackoffOptions {
  /** Whether one ListChannelMessages may settle several deliveries of a channel. */
  readonly batch: boolean;
  /** Whether polls are planned by the processing times that were observed, rather than by backoff alone. */
  readonly learn: boolean;
}

/** Options of `createDeliveryTracker`. All times are in milliseconds. */
export interface DeliveryTrackerOptions extends Omit<TrackerOptions, 'polling' | 'send'> {
  /**
   * When pending deliveries are polled: the options of `createTracker`, and two more. `batch` (true): where several
   * deliveries of one channel are due, one ListChannelMessages may settle them all. `learn` (true): polls are planned by
   * the processing times that were observed; until then they follow the backoff.
   *
   * `firstDelayMs` (1 800), `factor` (1.2) and `maxDelayMs` (60 000) make the backoff, `quietMs` (20 000) is the time before
   * the first safety poll while push works, `giveUpAfterMs` (48 h) ends a delivery as UNKNOWN `deadline`.
   */
  polling?: Partial<PollingOptions> | undefined;
  /**
   * `resendWindowMs` (600 000): how long an unanswered send is sent again with the same token; then it ends
   * UNKNOWN `indeterminate`. How long Chime remembers a token is not published.
   *
   * `expireMs` (24 h): how long a send may wait to leave, offline or without credentials; then it is not sent any more, and
   * ends FAILED `rejected` with a `SendExpiredError`. It bounds the window above, too.
   *
   * `persistContent` (true): whether the store gets the content. Without it, a send that was not answered before the process
   * ended cannot be sent again: it ends UNKNOWN `indeterminate`.
   */
  send?: (Partial<SendRules> & { persistContent?: boolean | undefined }) | undefined;
  /**
   * Where pending deliveries and unanswered sends outlive the process: an `unstorage` Storage, or anything of that shape.
   * Each process, or browser profile, needs one of its own. Default: none.
   */
  store?: DeliveryStore | undefined;
  /**
   * Whether the tabs of one origin that have the same `chimeBearer` work together: one polls for all of them, within
   * one budget. It has no effect where there are no tabs, or no Web Locks or BroadcastChannel. Default true.
   */
  tabs?: boolean | undefined;
}

/** The options with every default filled in. */
export interface PresetSettings extends Settings {
  readonly polling: PollingOptions;
  readonly send: SendRules & { readonly persistContent: boolean };
  readonly store: DeliveryStore | undefined;
  readonly tabs: boolean;
}

const more: MoreNames = { '': ['store', 'tabs'], polling: ['batch', 'learn'], send: ['persistContent'] };

/** Fills in the defaults. Throws `InvalidArgumentError` for the first option that is not what it has to be. */
export function readOptions(options: DeliveryTrackerOptions): PresetSettings {
  const settings = readTrackerOptions(options, more);
  return expectReadable('options', options, () => {
    const { polling, send, store, tabs } = options;
    return {
      ...settings,
      polling: {
        ...settings.polling,
        batch: expectBoolean('polling.batch', orDefault(polling?.batch, true)),
        learn: expectBoolean('polling.learn', orDefault(polling?.learn, true)),
      },
      send: {
        ...settings.send,
        persistContent: expectBoolean('send.persistContent', orDefault(send?.persistContent, true)),
      },
      store: store === undefined ? undefined : expectStore(store),
      tabs: expectBoolean('tabs', orDefault(tabs, true)),
    };
  });
}
