/**
 * The IAM permissions of each bearer in each channel, as the service's responses have shown. One refusal may be a
 * momentary mistake: it is final only when no other response came for a while, and a refused capability is tried again later.
 */
import type { DeliveryRecord } from '../core/delivery-record.ts';
import type { MessageAddress } from '../core/identity.ts';
import { LinkedMap } from '../shared/linked-map.ts';
import type { StatusSource } from './parse-status-response.ts';

export type Capability = StatusSource | 'list';

/** Refusals for this long, in milliseconds, without another response in between, are the policy's. */
const FINAL_AFTER_MS = 60_000;
/** A refused capability is tried again after this, in milliseconds, where there is another one. */
const RETRY_MS = 600_000;
/** With more channels than this, the one refused first is forgotten: one refused request teaches it again. */
const MAX_CHANNELS = 1_000;

/** The same for one message, while those of others are answered: several passing mistakes may look like one. */
const MESSAGE_FINAL_AFTER_MS = 600_000;

interface Refusal {
  readonly since: number;
  latest: number;
}

type PermissionScope = Pick<MessageAddress, 'channelArn' | 'chimeBearer'>;

export class Permissions {
  readonly #refused = new LinkedMap<string, Map<Capability, Refusal>>();
  /** Since when each delivery, by id, has been refused, whatever the service says of others. */
  readonly #refusedMessages = new LinkedMap<string, number>();

  /** Whether to try it: true until it was refused, and again some time later. */
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

  /** Both operations were refused for this message. Returns whether they have been, and nothing else, for so long. */
  recordMessageRefused({ id }: Pick<DeliveryRecord, 'id'>, now: number): boolean {
    const since = this.#refusedMessages.get(id) ?? now;
    this.#refusedMessages.set(id, since);
    this.#refusedMessages.keepNewest(MAX_CHANNELS);
    return now - since >= MESSAGE_FINAL_AFTER_MS;
  }

  /** The service told something of this message. */
  recordMessageAllowed({ id }: Pick<DeliveryRecord, 'id'>): void {
    this.#refusedMessages.delete(id);
  }

  /** Whether it was refused for so long that it is no momentary mistake. */
  isDenied(place: PermissionScope, way: Capability, now: number): boolean {
    const refusal = this.#refused.get(keyOf(place))?.get(way);
    return refusal !== undefined && now - refusal.since >= FINAL_AFTER_MS;
  }
}

function keyOf({ chimeBearer, channelArn }: PermissionScope): string {
  return `${chimeBearer} ${channelArn}`;
}
