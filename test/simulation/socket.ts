// A device's messaging websocket: it connects, delivers events late, repeated and out of order, and dies in all
// measured ways. Most of these send no signal to the tracker.

import type { ChimeEvent } from '../../src/emulator/service/events.ts';
import { prefetchFrames } from '../../src/emulator/socket/prefetch.ts';
import type { PushMessage } from 'chime-delivery';
import type { Machine, VirtualTime } from './clock.ts';
import type { Dice } from './dice.ts';
import type { PushAdapter } from './push-adapters.ts';
import type { DevicePlan, Plan } from './plan.ts';
import type { Service } from './service.ts';
import type { Trace } from './trace.ts';
import type { Conditions } from './conditions.ts';

export interface DeviceSocketParts {
  readonly plan: Plan;
  readonly device: DevicePlan;
  readonly index: number;
  readonly machine: Machine;
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly conditions: Conditions;
  readonly service: Service;
  readonly trace: Trace;
}

/** How long a session tries to reconnect, and then how long an app waits before it starts it again. */
const RECONNECT_TIMEOUT_MS = 10_000;
const RESTART_MS = { min: 2_000, max: 120_000 };

export class DeviceSocket {
  readonly adapter: PushAdapter;
  readonly #parts: DeviceSocketParts;
  #isOpen = false;
  /** Half-open: it seems open, and nothing comes. */
  #isMuted = false;
  #isEnded = false;
  /** Deletions and redactions that reached the tracker: of messages by id, of channels by ARN; and when. */
  readonly removals: Map<string, number> = new Map();
  /** The generation of the socket: plans for an earlier one are void. */
  #era = 0;

  constructor(adapter: PushAdapter, parts: DeviceSocketParts) {
    this.adapter = adapter;
    this.#parts = parts;
  }

  /** Whether every event for this user arrives now. */
  get isHealthy(): boolean {
    return this.#isOpen && !this.#isMuted;
  }

  start(): void {
    this.#connect(false, this.#parts.time.now);
  }

  /** Nothing more comes from it: its device is gone. */
  end(): void {
    this.#isEnded = true;
    this.#close();
  }

  /** An event of the service, if it is for this user. */
  publish(event: ChimeEvent): void {
    const { device, plan, dice } = this.#parts;
    if (!this.#isOpen || !event.isFor(device.bearer)) return;
    const headers = { 'x-amz-chime-event-type': event.type, 'x-amz-chime-message-type': event.messageType };
    const message: PushMessage = { type: event.type, headers, payload: JSON.stringify(event.payload) };
    for (let copy = 0; copy < plan.eventCopies; copy += 1) {
      const jitter = plan.eventJitterMs === 0 ? 0 : dice.between(0, plan.eventJitterMs);
      const show = (): string => `${event.type} ${this.#name(event.messageId)}`;
      this.#deliver(message, plan.eventDelayMs + jitter, show, event);
    }
  }

  /** 1006: the session will reconnect, and sends no signal now. */
  drop(): void {
    if (!this.#isOpen) return;
    this.#close();
    this.#note('the socket drops');
    const begun = this.#parts.time.now;
    this.#later(this.#parts.dice.between(0, 1_000) + this.#parts.plan.latencyMs, () => this.#connect(true, begun));
  }

  /** It is closed with 4401 during a reconnect: it signals that it is connecting, and then nothing ever. */
  dropRefused(restartAfterMs: number): void {
    if (!this.#isOpen) return;
    this.#close();
    this.#note('the socket drops; reconnecting, it is closed with 4401');
    this.#later(500, () => this.adapter.connecting(true));
    this.#later(restartAfterMs, () => this.start());
  }

  /** It opens and drops before it is established, again and again. */
  dropEndlessly(forMs: number): void {
    if (!this.#isOpen) return;
    this.#close();
    this.#note('the socket drops; reconnecting, it drops again and again');
    const { time, dice } = this.#parts;
    const end = time.now + forMs;
    const again = (): void => {
      if (time.now >= end) return this.#connect(true, time.now);
      this.adapter.connecting(true);
      this.#later(dice.between(500, 10_000), again);
    };
    this.#later(1_000, again);
  }

  stop(restartAfterMs: number): void {
    if (!this.#isOpen) return;
    this.#close();
    this.#note('the session is stopped');
    this.#later(1, () => this.adapter.stopped());
    this.#later(restartAfterMs, () => this.start());
  }

  /** No event arrives any more, and no signal says so. In the end it drops, or recovers with all lost events. */
  muteFor(ms: number): void {
    if (!this.#isOpen) return;
    this.#note('the socket is half-open');
    this.#isMuted = true;
    this.#later(ms, () => {
      if (this.#parts.dice.chance(0.7)) return this.drop();
      this.#isMuted = false;
      this.#note('the half-open socket comes to life');
    });
  }

  #connect(again: boolean, begun: number): void {
    const { time, dice, conditions, index, service, device } = this.#parts;
    this.#close();
    this.#later(1, () => {
      const lost = conditions.isSocketless(index) || conditions.isExpired(index);
      // While it is offline or its credentials are expired, a session that reconnects does not even signal that.
      if (!again || !lost) this.adapter.connecting(again);
      this.#later(dice.between(20, 500), () => {
        if (!lost) return this.#establish(service, device);
        if (time.now - begun < RECONNECT_TIMEOUT_MS) return this.#connect(again, begun);
        this.#note('the session gives up');
        this.adapter.stopped();
        this.#later(dice.across(RESTART_MS.min, RESTART_MS.max), () => this.start());
      });
    });
  }

  #establish(service: Service, device: DevicePlan): void {
    this.#isOpen = true;
    this.#note('SESSION_ESTABLISHED');
    this.adapter.started();
    if (!device.prefetch) return;
    for (const text of prefetchFrames(service.chime, device.bearer)) {
      const { Headers, Payload } = JSON.parse(text) as { Headers: Record<string, string>; Payload: string };
      const type = String(Headers['x-amz-chime-event-type']);
      this.#deliver({ type, headers: Headers, payload: Payload }, this.#parts.dice.between(1, 400), () => type);
    }
  }

  #deliver(message: PushMessage, ms: number, show: () => string, event?: ChimeEvent): void {
    this.#later(ms, () => {
      if (this.#isMuted) return;
      if (event !== undefined && this.adapter.listeners > 0 && /^(DELETE|REDACT)_/.test(event.type)) {
        this.removals.set(event.messageId ?? event.channelArn, this.#parts.time.now);
      }
      this.#parts.trace.note(this.#parts.machine, () => `~~ ${show()}`);
      this.adapter.message(message);
    });
  }

  #close(): void {
    this.#era += 1;
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#isMuted = false;
    if (wasOpen) this.adapter.closed();
  }

  /** Unless something else has happened to the socket by then. */
  #later(ms: number, act: () => void): void {
    const { time, machine } = this.#parts;
    const era = this.#era;
    time.after(
      ms,
      () => {
        if (era === this.#era && !this.#isEnded) act();
      },
      machine,
    );
  }

  #note(what: string): void {
    this.#parts.trace.note(this.#parts.machine, () => `   ${what}`);
  }

  #name(messageId: string | undefined): string {
    return this.#parts.trace.name('m', messageId);
  }
}
