// Where the scenario is played: what a stage has to offer. One is the emulator's, one a real account's.
import type { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import type { MessagingSession } from 'amazon-chime-sdk-js';
import type { Deed, StoryStep } from './scenario.ts';

export interface Stage {
  readonly client: ChimeSDKMessagingClient;
  readonly session: MessagingSession;
  readonly channelArn: string;
  readonly bearer: string;
  readonly story: readonly StoryStep[];
  /** What the service knows and nobody else; undefined where that cannot be asked. */
  readonly truth: Truth | undefined;
  perform(deed: Deed): Promise<void> | void;
  close(): Promise<void>;
}

export interface Truth {
  /** What really became of a message. */
  of(messageId: string): string | undefined;
  /** How many messages the service was given: more than were sent would be duplicates. */
  created(): number;
  /** The largest number of requests in any one second. */
  busiestSecond(): number;
}
