/**
 * How long messages stay pending in each channel, learnt from what push and polls tell, and when to poll next. Pure: it
 * has no clock, and chance is passed in. Where it has nothing to say, the pace of polls is the plain backoff.
 */
import { LinkedMap } from '../../shared/linked-map.ts';
import { ChannelSchedule } from './channel-schedule.ts';

const MAX_CHANNELS = 200;
/** From so many observations on a channel speaks for itself; before, the tracker's whole does. */
const MIN_OBSERVATIONS = 5;

/** Observed processing times of one tracker, per channel, and the polls planned from them. */
export class LatencyModel {
  readonly #whole = new ChannelSchedule();
  /** The longest unheard of first. */
  readonly #channels = new LinkedMap<string, ChannelSchedule>();
  readonly #mayPlan: () => boolean;

  /** `mayPlan` says whether a channel may have a new plan now. Until it may, its last one stands, or that of the whole. */
  constructor(mayPlan: () => boolean = () => true) {
    this.#mayPlan = mayPlan;
  }

  /** What is kept in arrays, in bytes. */
  get bytes(): number {
    return [...this.#channels].reduce((sum, { value }) => sum + value.bytes, this.#whole.bytes);
  }

  /** A message of `channel` was pending at the age of `afterMs` and done at that of `byMs`; push knows them to be equal. */
  observe(channel: string, afterMs: number, byMs: number): void {
    // A clock that jumped teaches nothing. (Comparisons with NaN are false.)
    if (!(afterMs <= byMs && byMs >= 0 && byMs < Infinity)) return;
    const channelSchedule = this.#channels.get(channel) ?? new ChannelSchedule();
    this.#channels.set(channel, channelSchedule);
    this.#channels.keepNewest(MAX_CHANNELS);
    channelSchedule.observe(afterMs, byMs);
    this.#whole.observe(afterMs, byMs);
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
