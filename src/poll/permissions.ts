/**
 * Which ways of asking each bearer is permitted in each channel, as far as the service's answers have shown. One refusal
 * may be a mistake of a moment: it counts as final only when nothing else was answered for a while, and a refused way is
 * tried again later.
 */
import type { MessageAddress } from '../core/identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import type { StatusSource } from './parse-status-response.ts';

export type Capability = StatusSource | 'list';

/** Refusals for so long, in milliseconds, with nothing else in between, are the policy's word. */
const FINAL_AFTER_MS = 60_000;
/** A way that was refused is tried again after this, in milliseconds, where there is another one. */
const RETRY_MS = 600_000;
/** More channels than this, and what is known of the one refused longest ago is forgotten: it costs one refused request to learn again. */
const MAX_CHANNELS = 1_000;

interface Refusal {
  readonly since: number;
  latest: number;
}

type PermissionScope = Pick<MessageAddress, 'channelArn' | 'chimeBearer'>;

export class Permissions {
  readonly #refused = new LinkedMap<string, Map<Capability, Refusal>>();

  /** Whether it is worth asking: true until it was refused, and again some time later. */
  allows(place: PermissionScope, way: Capability, now: number): boolean {
    const refusal = this.#refused.get(keyOf(place))?.get(way);
    return refusal === undefined || now - refusal.latest >= RETRY_MS;
  }

  recordAllowed(place: PermissionScope, way: Capability): void {
    const key = keyOf(place);
    const refused = this.#refused.get(key);
    if (refused?.delete(way) === true && refused.size === 0) this.#refused.delete(key);
  }

  recordRefused(place: PermissionScope, way: Capability, now: number): void {
    const key = keyOf(place);
    const refused = this.#refused.get(key) ?? new Map<Capability, Refusal>();
    this.#refused.set(key, refused);
    const refusal = refused.get(way);
    if (refusal === undefined) refused.set(way, { since: now, latest: now });
    else refusal.latest = now;
    this.#refused.keepNewest(MAX_CHANNELS);
  }

  /** Whether it was refused for so long that it is no mistake of a moment. */
  isDenied(place: PermissionScope, way: Capability, now: number): boolean {
    const refusal = this.#refused.get(keyOf(place))?.get(way);
    return refusal !== undefined && now - refusal.since >= FINAL_AFTER_MS;
  }
}

function keyOf({ chimeBearer, channelArn }: PermissionScope): string {
  return `${chimeBearer} ${channelArn}`;
}
