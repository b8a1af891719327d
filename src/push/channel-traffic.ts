/**
 * Counts the messages of each channel, and our own among them, from the events that every member gets while push is up. The
 * counts tell how many other members may list the same pages after an outage.
 */
import { LinkedMap } from '../shared/linked-map.ts';
import type { ChannelActivity } from '../core/ports/http.ts';

/** At this many events the counts are halved, so that newer events weigh more. */
const HALVE_AT = 64;
/** With more channels, the one that was quiet for the longest is forgotten. */
const MAX_CHANNELS = 500;

interface Channel {
  own: number;
  all: number;
  /** The bearer's `listenedMs` when counting began. */
  from: number;
}

interface Bearer {
  /** How long push was up before `upSince`, in milliseconds. */
  listenedMs: number;
  upSince: number | undefined;
}

export class ChannelTraffic {
  readonly #bearers = new Map<string, Bearer>();
  readonly #channels = new LinkedMap<string, Channel>();

  up(chimeBearer: string, now: number): void {
    this.down(chimeBearer, now);
    const bearer = this.#bearers.get(chimeBearer) ?? { listenedMs: 0, upSince: undefined };
    this.#bearers.set(chimeBearer, { ...bearer, upSince: now });
  }

  down(chimeBearer: string, now: number): void {
    const bearer = this.#bearers.get(chimeBearer);
    if (bearer !== undefined)
      this.#bearers.set(chimeBearer, { listenedMs: this.#listenedMs(chimeBearer, now), upSince: undefined });
  }

  /** Counts an event that goes to all members of the channel. */
  count(chimeBearer: string, channelArn: string, isOwn: boolean, now: number): void {
    const key = `${chimeBearer} ${channelArn}`;
    const channel = this.#channels.get(key) ?? { own: 0, all: 0, from: 0 };
    channel.all += 1;
    if (isOwn) channel.own += 1;
    if (channel.all >= HALVE_AT) {
      channel.all /= 2;
      channel.own /= 2;
      channel.from = (channel.from + this.#listenedMs(chimeBearer, now)) / 2;
    }
    this.#channels.set(key, channel);
    this.#channels.keepNewest(MAX_CHANNELS);
  }

  activityIn(chimeBearer: string, channelArn: string, now: number): ChannelActivity {
    const { own, all, from } = this.#channels.get(`${chimeBearer} ${channelArn}`) ?? { own: 0, all: 0, from: 0 };
    return { own, all, withinMs: Math.max(0, this.#listenedMs(chimeBearer, now) - from) };
  }

  #listenedMs(chimeBearer: string, now: number): number {
    const { listenedMs = 0, upSince = now } = this.#bearers.get(chimeBearer) ?? {};
    return listenedMs + now - upSince;
  }
}
