// The interface of a backend, on which a scenario runs: one is the emulator, the other a real account.
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import type { Action, ScriptStep } from './scenario.ts';

export interface Backend {
  readonly client: ChimeSDKMessagingClient;
  readonly session: MessagingSession;
  readonly channelArn: string;
  readonly bearer: string;
  readonly script: readonly ScriptStep[];
  /** The service's own state; undefined on a real account, which does not offer it. */
  readonly truth: Truth | undefined;
  perform(action: Action): Promise<void> | void;
  close(): Promise<void>;
}

export interface Truth {
  /** The true outcome of a message. */
  of(messageId: string): string | undefined;
  /** How many messages the service received: more than were sent means duplicates. */
  created(): number;
  /** The largest number of requests in any one second. */
  busiestSecond(): number;
}
