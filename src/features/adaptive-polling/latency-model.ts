/**
 * How long messages stay pending in each channel, learnt from push and polls, and when to poll next. Pure: it has no clock,
 * and randomness is passed in. Where it knows too little, polls follow the plain backoff.
 */
import { LinkedMap } from '../../shared/linked-map.ts';
import { ChannelSchedule } from './channel-schedule.ts';

const MAX_CHANNELS = 200;
/** A channel with this many observations has its own schedule; before, the schedule of the whole tracker is used. */
const MIN_OBSERVATIONS = 5;

/** Observed processing times of one tracker, per channel, and the polls planned from them. */
export class LatencyModel {
  readonly #whole = new ChannelSchedule();
  /** The channel observed longest ago first. */
  readonly #channels = new LinkedMap<string, ChannelSchedule>();
  readonly #mayPlan: () => boolean;
  #count = 0;

  /** `mayPlan` says whether a channel may have a new plan now. Until then its last plan holds, or the tracker's. */
  constructor(mayPlan: () => boolean = () => true) {
    this.#mayPlan = mayPlan;
  }

  /** How many observations it has had. */
  get count(): number {
    return this.#count;
  }

  /** The size of its arrays, in bytes. */
  get bytes(): number {
    return [...this.#channels].reduce((sum, { value }) => sum + value.bytes, this.#whole.bytes);
  }

  /** A message of `channel` was pending at the age of `afterMs` and done at that of `byMs`; push knows them to be equal. */
  observe(channel: string, afterMs: number, byMs: number): void {
    // An observation across a clock step teaches nothing. (Comparisons with NaN are false.)
    if (!(afterMs <= byMs && byMs >= 0 && byMs < Infinity)) return;
    const channelSchedule = this.#channels.get(channel) ?? new ChannelSchedule();
    this.#channels.set(channel, channelSchedule);
    this.#channels.keepNewest(MAX_CHANNELS);
    channelSchedule.observe(afterMs, byMs);
    this.#whole.observe(afterMs, byMs);
    this.#count += 1;
  }

  /** What was observed in each channel, as `observe` takes it; the channel observed longest ago first. */
  *observed(): Generator<readonly [channel: string, observed: readonly (readonly [afterMs: number, byMs: number])[]]> {
    for (const { key, value } of this.#channels) yield [key, value.observed];
  }

  /**
   * The age (ms since the send) at which to poll next a message that was last known to be pending at the age of
   * `pendingAtMs` (0: just sent); undefined: too little is known. `random` is in [0, 1).
   */
  nextPollAge(channel: string, pendingAtMs: number, random: number): number | undefined {
    const channelSchedule = this.#channels.get(channel);
    const own = channelSchedule !== undefined && channelSchedule.size >= MIN_OBSERVATIONS ? channelSchedule : undefined;
    const pendingAt = Math.max(0, pendingAtMs);
    if (own?.isStale === true && this.#mayPlan()) own.plan();
    const age = own?.nextPollAge(pendingAt, random);
    if (age !== undefined) return age;
    // One plan for all channels: it waits for nothing.
    if (this.#whole.isStale) this.#whole.plan();
    return this.#whole.nextPollAge(pendingAt, random);
  }
}
