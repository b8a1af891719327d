/** The options of a tracker without features. `options.ts` checks them. */
import type { Observable } from 'rxjs';
import type { MissingRules } from '../core/reduce.ts';
import type { RateLimit } from '../http/adaptive-rate.ts';
import type { RetryOptions } from '../http/retry.ts';
import type { BackoffOptions } from '../poll/backoff.ts';
import type { SendRules } from '../send/sender.ts';
import type { Logger, MessagingClient } from '../shared/client.ts';

/** Options of `createTracker`. All times are in milliseconds. */
export interface TrackerOptions {
  /** Anything with the AWS SDK's `send(command, { abortSignal })`: a `ChimeSDKMessagingClient`, or a test double. */
  client: MessagingClient;
  /** ARN of the AppInstanceUser or bot that sends the messages and polls for them. */
  chimeBearer: string;
  /**
   * The budget of each bearer; every HTTP attempt counts.
   *
   * `requestsPerSecond`: default half of the documented quota per user, which all tabs and devices of the user share:
   * 5 (2.5 in eu-central-1). `burst`: requests that may leave at once after a rest; default the same, at least 1.
   * `maxConcurrent`: requests under way at once; default 4.
   */
  rateLimit?: Partial<RateLimit> | undefined;
  /**
   * When pending deliveries are polled.
   *
   * `firstDelayMs` (1 800), `factor` (1.2) and `maxDelayMs` (60 000) make the exponential backoff while nothing can be
   * heard; jitter takes away up to a fifth of each delay. They are what costs least over thirteen laws of processing
   * time (`npm run bench -- schedule`), where a request counts as much as a second of waiting: an earlier first poll,
   * or more jitter, mostly adds a request that finds nothing. From 1 600 to 2 000 ms, and from 1.15 to 1.3, the cost is
   * the same within 2 %; shorter delays fit a flow that is known to be fast. `quietMs` (20 000) is the time before the
   * first safety poll while push works. `giveUpAfterMs` (48 h, the documented limit of a flow's processor) ends a
   * delivery as UNKNOWN `deadline`.
   */
  polling?: Partial<BackoffOptions> | undefined;
  /**
   * When a missing status is believed to mean DENIED: after `confirmations` (2) misses in a row, `confirmDelayMs` (1 000)
   * apart, at least `minAgeMs` (2 000) after the send. `confirmations: 1` believes the first. A message that no read and no
   * event has ever shown may not be readable yet: its miss is believed `unseenMs` (10 000) after the send. An edit without a
   * readable outcome ends UNKNOWN `indeterminate` after `editMs` (60 000).
   */
  missing?: Partial<MissingRules> | undefined;
  /** p-retry within one logical request: `retries` (3), `minTimeoutMs` (250), `maxTimeoutMs` (4 000). */
  retry?: Partial<RetryOptions> | undefined;
  /**
   * `resendWindowMs` (600 000): how long an unanswered send is sent again with the same token; then it ends
   * UNKNOWN `indeterminate`. How long Chime remembers a token is not published.
   *
   * `expireMs` (24 h): how long a send may wait to leave, offline or without credentials; then it is not sent any more, and
   * ends FAILED `rejected` with a `SendExpiredError`. It bounds the window above, too.
   */
  send?: Partial<SendRules> | undefined;
  /** One HTTP attempt without an answer is given up after this. Default 10 000. */
  requestTimeoutMs?: number | undefined;
  /** Settled deliveries that are remembered for `get`, `watch` and `deliveries$`; the oldest go first. Default 10 000. */
  keepSettled?: number | undefined;
  /** Moments to poll now, beside the platform's own (online, visible). Default: none. */
  wake$?: Observable<unknown> | undefined;
  /** Where diagnostics go. Default: nowhere. */
  logger?: Logger | undefined;
}
