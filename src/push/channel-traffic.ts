/**
 * How busy each channel is, and how much of that is our own, counted from the events that every member hears while the link is up. It tells
 * how many others will ask for the same pages after an outage.
 */
import { LinkedMap } from '../shared/linked-map.ts';
import type { Heard } from '../core/ports/http.ts';

/** Half of what was counted is forgotten at so many events: a channel changes. */
const MANY = 64;
/** More channels than this, and the one that was quiet for the longest is forgotten. */
const MAX_CHANNELS = 500;

interface Channel {
  own: number;
  all: number;
  /** The bearer's time of listening when counting began, in milliseconds. */
  from: number;
}

interface Bearer {
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

  /** A message has come to all members of the channel. */
  count(chimeBearer: string, channelArn: string, isOwn: boolean, now: number): void {
    const key = `${chimeBearer} ${channelArn}`;
    const channel = this.#channels.get(key) ?? { own: 0, all: 0, from: 0 };
    channel.all += 1;
    if (isOwn) channel.own += 1;
    if (channel.all >= MANY) {
      channel.all /= 2;
      channel.own /= 2;
      channel.from = (channel.from + this.#listenedMs(chimeBearer, now)) / 2;
    }
    this.#channels.set(key, channel);
    this.#channels.keepNewest(MAX_CHANNELS);
  }

  trafficIn(chimeBearer: string, channelArn: string, now: number): Heard {
    const { own, all, from } = this.#channels.get(`${chimeBearer} ${channelArn}`) ?? { own: 0, all: 0, from: 0 };
    return { own, all, withinMs: Math.max(0, this.#listenedMs(chimeBearer, now) - from) };
  }

  #listenedMs(chimeBearer: string, now: number): number {
    const { listenedMs = 0, upSince = now } = this.#bearers.get(chimeBearer) ?? {};
    return listenedMs + now - upSince;
  }
}
