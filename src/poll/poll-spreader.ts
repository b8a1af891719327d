/**
 * Brings the polls of many deliveries forward, spread over some time. Deliveries of one channel are polled together where a
 * batch may settle them. A poll that waits for a permit is left alone, and no poll becomes later.
 */
import type { TrackedDelivery } from '../core/delivery.ts';
import { addressKey } from '../core/identity.ts';
import type { TimerQueue } from '../core/timer-queue.ts';
import { monotonicNow } from '../shared/time.ts';
import type { PollDispatcher } from './poll-dispatcher.ts';
import type { PollExecutor } from './poll-executor.ts';
import type { PollSchedule } from './poll-schedule.ts';

export interface PollSpreaderPorts {
  readonly timers: TimerQueue;
  readonly random: () => number;
  readonly schedule: Pick<PollSchedule, 'nextPollAt'>;
  readonly dispatcher: Pick<PollDispatcher, 'has'>;
  readonly executor: Pick<PollExecutor, 'announceBatch' | 'batchDelay'>;
  /** Polls due within this time count as due, in milliseconds. */
  readonly firstDelayMs: number;
}

/** Polls that are due as push is lost are spread over this many milliseconds at most. */
const LOST_SPREAD_MS = 400;

export class PollSpreader {
  readonly #ports: PollSpreaderPorts;

  constructor(ports: PollSpreaderPorts) {
    this.#ports = ports;
  }

  /** Polls them `afterMs` from now, spread over `withinMs`. */
  pollSoon(deliveries: Iterable<TrackedDelivery>, afterMs: number, withinMs: number): void {
    const { timers, random, dispatcher, executor } = this.#ports;
    const from = monotonicNow() + afterMs;
    for (const channel of byChannel(deliveries)) {
      const together = executor.batchDelay(channel, withinMs, monotonicNow());
      const [first] = channel;
      if (together !== undefined && first !== undefined) executor.announceBatch(first, from + together);
      for (const delivery of channel) {
        if (dispatcher.has(delivery)) continue;
        timers.bringForward(delivery, from + (together ?? random() * withinMs));
      }
    }
  }

  /** Push can no longer be relied on: the backoff begins again, `afterMs` from now, unless the link only flaps. */
  onPushLost(deliveries: Iterable<TrackedDelivery>, afterMs: number, isFlapping: boolean): void {
    const { timers, schedule, dispatcher, firstDelayMs } = this.#ports;
    const now = monotonicNow();
    const soon: TrackedDelivery[] = [];
    for (const delivery of deliveries) {
      if (dispatcher.has(delivery)) continue;
      if (!isFlapping) delivery.attempts = 0;
      const at = schedule.nextPollAt(delivery);
      if (at <= now + firstDelayMs) soon.push(delivery);
      else timers.bringForward(delivery, at + afterMs);
    }
    this.pollSoon(soon, afterMs, Math.min(firstDelayMs, LOST_SPREAD_MS));
  }
}

/** Grouped by bearer, channel and sub-channel. */
function byChannel(deliveries: Iterable<TrackedDelivery>): Iterable<readonly TrackedDelivery[]> {
  const channels = new Map<string, TrackedDelivery[]>();
  for (const delivery of deliveries) {
    const key = addressKey(delivery.record);
    const channel = channels.get(key);
    if (channel === undefined) channels.set(key, [delivery]);
    else channel.push(delivery);
  }
  return channels.values();
}
