/** The port by which the poller sees what is believed of push. */
import type { ChannelActivity } from './http.ts';

/** What is believed of push, per bearer. */
export interface PushStatus {
  isUp(chimeBearer: string): boolean;
  /** Since when; milliseconds since the epoch. */
  upSince(chimeBearer: string): number;
  /** Something was missed that should have been heard: the socket is half-open, until an event is heard. */
  markHalfOpen(chimeBearer: string): void;
  /** How busy a channel has been. */
  activityIn?(chimeBearer: string, channelArn: string): ChannelActivity;
}
