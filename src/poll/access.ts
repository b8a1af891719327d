/**
 * Which ways of asking each bearer is permitted in each channel, as far as the service's answers have shown. One refusal
 * may be a mistake of a moment: it counts as final only when nothing else was answered for a while, and a refused way is
 * tried again later.
 */
import type { MessageAddress } from '../core/identity.ts';
import { LinkedMap } from '../core/linked-map.ts';
import type { Question } from './read-answer.ts';

export type Way = Question | 'list';

/** Refusals for so long, in milliseconds, with nothing else in between, are the policy's word. */
const FINAL_AFTER_MS = 60_000;
/** A way that was refused is tried again after this, in milliseconds, where there is another one. */
const TRY_AGAIN_MS = 600_000;
/** More channels than this, and what is known of the one refused longest ago is forgotten: it costs one refused request to learn again. */
const MAX_CHANNELS = 1_000;

interface Refusal {
  readonly since: number;
  latest: number;
}

type Place = Pick<MessageAddress, 'channelArn' | 'chimeBearer'>;

export class Access {
  readonly #refused = new LinkedMap<string, Map<Way, Refusal>>();

  /** Whether it is worth asking: true until it was refused, and again some time later. */
  may(place: Place, way: Way, now: number): boolean {
    const refusal = this.#refused.get(keyOf(place))?.get(way);
    return refusal === undefined || now - refusal.latest >= TRY_AGAIN_MS;
  }

  permitted(place: Place, way: Way): void {
    const key = keyOf(place);
    const refused = this.#refused.get(key);
    if (refused?.delete(way) === true && refused.size === 0) this.#refused.delete(key);
  }

  refused(place: Place, way: Way, now: number): void {
    const key = keyOf(place);
    const refused = this.#refused.get(key) ?? new Map<Way, Refusal>();
    this.#refused.set(key, refused);
    const refusal = refused.get(way);
    if (refusal === undefined) refused.set(way, { since: now, latest: now });
    else refusal.latest = now;
    this.#refused.keepNewest(MAX_CHANNELS);
  }

  /** Whether it was refused for so long that it is no mistake of a moment. */
  isRefusedForGood(place: Place, way: Way, now: number): boolean {
    const refusal = this.#refused.get(keyOf(place))?.get(way);
    return refusal !== undefined && now - refusal.since >= FINAL_AFTER_MS;
  }
}

function keyOf({ chimeBearer, channelArn }: Place): string {
  return `${chimeBearer} ${channelArn}`;
}
