/** The fleet's public interface: what an app calls. `fleet.ts` implements it. */
import type { SendInput, UpdateInput } from '../core/delivery-details.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Trackable } from '../send/trackable.ts';
import type { SendOptions } from '../tracker/send-options.ts';
import type { DeadLetter, FleetInspection } from './engine.ts';
import type { FleetStats } from './fleet-stats.ts';
import type { OutcomeConsumer, OutcomeHandler, OutcomeOptions } from './outcome-consumer.ts';
import type { FleetEvent } from './pushed-event.ts';

/** A delivery that the fleet has taken over. */
export interface Accepted {
  /** Names it in `get`, `retry` and the outcomes: the request token of a send, the MessageId of `track`, else a new UUID. */
  readonly id: string;
}

export interface FleetEvents {
  /** Something for the developer to fix, or an outage of the engine: once for each. */
  error: (error: Error) => void;
}

/** Tracks messages to their outcomes on several processes. `createDeliveryFleet` makes it. */
export interface DeliveryFleet {
  /**
   * Sends a message as this bearer. Resolves when it is durable: with `send.persistContent` once the engine has the message;
   * without it once the service has answered. The sends of one process in one channel leave in their order.
   *
   * @param input the input of `SendChannelMessage` without `ChimeBearer`. A token that the fleet knows in this channel returns the
   * delivery that has it, unless the service has refused that one.
   * @throws InvalidArgumentError, FleetClosedError; rejects with the engine's error where the message was not taken over
   */
  send(chimeBearer: string, input: SendInput, options?: Omit<SendOptions, 'signal'>): Promise<Accepted>;
  /** Edits a message as this bearer: as `send`. Each edit is a delivery of its own. */
  update(chimeBearer: string, input: UpdateInput, options?: Omit<SendOptions, 'signal'>): Promise<Accepted>;
  /**
   * Sends again what ended FAILED, DENIED or UNKNOWN at most `keepSettledMs` ago, with the same content: a new delivery, whose
   * `retryOf` is `id`. Only with `send.persistContent`.
   *
   * @throws InvalidArgumentError where no delivery has this id, or it has not ended so; ContentNotKeptError
   */
  retry(chimeBearer: string, id: string): Promise<Accepted>;
  /** Tracks a message that was sent otherwise; `chimeBearer` is required in it. Resolves when it is durable. */
  track(message: Trackable & { readonly chimeBearer: string }): Promise<Accepted>;
  /**
   * Hands on a push event that was heard anywhere: by a bot's websocket, or from the app instance's Kinesis stream.
   *
   * @param options `chimeBearer`: the user of the websocket, for an event that names no sender
   */
  pushed(event: FleetEvent, options?: { chimeBearer?: string | undefined }): Promise<void>;
  /**
   * Calls `handler` with each outcome of the fleet, at least once for each group of consumers. Consumers with the same group share
   * the work. It begins with the outcomes that are still there.
   */
  outcomes(group: string, handler: OutcomeHandler, options?: OutcomeOptions): OutcomeConsumer;
  /** Outcomes that a group has given up, oldest first. */
  deadLetters(group: string, options?: { count?: number | undefined }): Promise<readonly DeadLetter[]>;
  /** Gives dead letters to their group again. Returns how many there were. */
  replay(group: string, keys?: readonly string[]): Promise<number>;
  /**
   * The state of a delivery: SENDING or PENDING while it has no outcome, then its outcome for `keepSettledMs`. Undefined where it is
   * not known.
   */
  get(chimeBearer: string, id: string): Promise<DeliveryState | undefined>;
  /** What this process does, and what it last saw of the fleet. */
  readonly stats: FleetStats;
  /** The whole fleet now: who holds which shard, what waits where. */
  inspect(): Promise<FleetInspection>;
  /** Resolves when this process is in the fleet. Rejects with FleetConfigurationError. Every other method waits for it. */
  readonly ready: Promise<void>;
  on<E extends keyof FleetEvents>(event: E, listener: FleetEvents[E]): this;
  off<E extends keyof FleetEvents>(event: E, listener: FleetEvents[E]): this;
  /** Hands the shards back, ends the consumers, and leaves no timer. Closing twice is harmless. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
