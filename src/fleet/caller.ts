/**
 * Sends from this process, for a fleet that does not keep content: the record goes in first, without the content, then the message
 * leaves, and its answer goes into the record. The holder of the shard does the rest.
 */
import { NEVER } from 'rxjs';
import { isChimeDeliveryError } from '../shared/errors.ts';
import type { TerminalState } from '../core/delivery-state.ts';
import { monotonicNow } from '../shared/time.ts';
import { wireTracker } from '../tracker/create-tracker.ts';
import type { DeliveryTracker } from '../tracker/delivery-tracker.ts';
import type { SendOptions } from '../tracker/send-options.ts';
import type { SendCommandInput, UpdateCommandInput } from '../send/send-input.ts';
import type { EngineClock } from './engine-clock.ts';
import type { FleetEngine } from './engine.ts';
import type { FleetSettings } from './fleet-options.ts';
import { encodeOutcome, isSettled } from './outcome.ts';
import { encodeRecord, type FleetRecord } from './record.ts';
import type { SharedPermits } from './shared-permits.ts';
import { endsWithin, pause } from './wait.ts';

export interface CallerPorts {
  readonly engine: FleetEngine;
  readonly settings: FleetSettings;
  readonly clock: EngineClock;
  readonly permits: SharedPermits;
  readonly onError: (error: Error) => void;
}

export interface Call {
  readonly id: string;
  readonly shard: number;
  readonly record: FleetRecord;
  readonly command: SendCommandInput | UpdateCommandInput;
  readonly options: SendOptions;
}

/** The caller's tracker has no bearer of its own: each command names one. */
const BEARER = 'arn:aws:chime:us-east-1:000000000000:app-instance/fleet/user/caller';
/** How often a caller says that it still has a send, as a share of the time after which the holder takes it for dead. */
const TOUCH_SHARE = 1 / 3;
/** Milliseconds until a write that failed is tried again. */
const RETRY_MS = 200;

export class Caller {
  readonly #ports: CallerPorts;
  readonly #tracker: DeliveryTracker;
  readonly #open = new Set<Promise<void>>();
  readonly #ended = new AbortController();

  constructor(ports: CallerPorts) {
    const { settings, permits, onError } = ports;
    this.#ports = ports;
    this.#tracker = wireTracker({ ...settings.tracker, chimeBearer: BEARER, wake$: NEVER }, [
      {
        seams: ['permits'],
        install: () => ({ permits: (...order) => permits.acquire(...order) }),
      },
    ]);
    this.#tracker.on('error', onError);
    this.#tracker.on('throttled', ({ chimeBearer, pausedForMs }) => permits.onThrottled(chimeBearer, pausedForMs));
  }

  /** For its numbers. */
  get tracker(): DeliveryTracker {
    return this.#tracker;
  }

  /** Resolves once the answer of the service is in the record, or in the outcomes. */
  async call(call: Call): Promise<void> {
    const work = this.#call(call);
    this.#open.add(work);
    try {
      await work;
    } finally {
      this.#open.delete(work);
    }
  }

  /** Waits for the sends that are under way, at most `ms`; what is left ends UNKNOWN later, by the holder. */
  async close(ms: number): Promise<void> {
    await endsWithin(Promise.allSettled(this.#open), ms);
    this.#ended.abort();
    await this.#tracker.close();
  }

  async #call(call: Call): Promise<void> {
    const { settings, clock } = this.#ports;
    const { command, options } = call;
    const delivery = call.record.isEdit
      ? this.#tracker.update(command as UpdateCommandInput, options)
      : this.#tracker.send(command as SendCommandInput, options);
    const touch = setInterval(
      () => void this.#write(call, { ...call.record, sentAt: clock.now() }).catch(this.#ports.onError),
      settings.tracker.send.resendWindowMs * TOUCH_SHARE,
    );
    try {
      const state = await delivery.accepted;
      this.#tracker.forget(delivery.id);
      if (isSettled(state)) await this.#untilDone(() => this.#settle(call, state));
      else {
        const sentAt = clock.at(monotonicNow());
        await this.#untilDone(() =>
          this.#write(call, { ...call.record, stage: 'accepted', messageId: state.messageId, sentAt }),
        );
      }
    } finally {
      clearInterval(touch);
    }
  }

  async #settle({ id, shard, record }: Call, state: TerminalState): Promise<void> {
    const { engine, clock } = this.#ports;
    const times = { trackedAt: record.trackedAt, settledAt: clock.now() };
    await engine.records.settle(shard, id, encodeOutcome(state, { id, ...times, withInput: false }));
    await engine.inbox.add(shard, { kind: 'changed', id });
  }

  async #write({ id, shard }: Call, record: FleetRecord): Promise<void> {
    const { engine } = this.#ports;
    await engine.records.update(shard, id, encodeRecord(record, id));
    await engine.inbox.add(shard, { kind: 'changed', id });
  }

  /** The service's answer must reach the record: tried again for as long as this process is in the fleet. */
  async #untilDone(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (this.#ended.signal.aborted || isChimeDeliveryError(error)) throw error;
        await pause(RETRY_MS, this.#ended.signal);
      }
    }
  }
}
