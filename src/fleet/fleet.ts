/** One process of a fleet: what it sends and tracks, the shards that it holds, and its consumers of outcomes. */
import { EventEmitter } from 'eventemitter3';
import { newId } from '../shared/new-id.ts';
import type { SendInput, UpdateInput } from '../core/delivery-details.ts';
import type { DeliveryState } from '../core/delivery-state.ts';
import type { Trackable } from '../send/trackable.ts';
import { callSafely } from '../shared/call-safely.ts';
import { expectFunction, expectNames, expectNumber, expectObject, expectOneOf } from '../shared/validate.ts';
import { InvalidArgumentError } from '../shared/errors.ts';
import type { SendOptions } from '../tracker/send-options.ts';
import { Caller } from './caller.ts';
import type { Accepted, DeliveryFleet, FleetEvents } from './delivery-fleet.ts';
import { EngineClock } from './engine-clock.ts';
import type { DeadLetter, FleetInspection, Lease, LeaseCompetition } from './engine.ts';
import { FleetClosedError, FleetEngineError } from './errors.ts';
import { readFleetOptions, type DeliveryFleetOptions, type FleetSettings } from './fleet-options.ts';
import { FleetCounters, type FleetStats } from './fleet-stats.ts';
import { Handover } from './handover.ts';
import { Consumer, type OutcomeConsumer, type OutcomeHandler, type OutcomeOptions } from './outcome-consumer.ts';
import { pendingState } from './pending-state.ts';
import { parsePushed, type FleetEvent } from './pushed-event.ts';
import { encodePushed } from './pushed-word.ts';
import { SharedPermits } from './shared-permits.ts';
import { ShardHolder } from './shard-holder.ts';

/** How often the engine's clock is read, and the fleet inspected, in milliseconds. */
const SYNC_MS = 30_000;
const INSPECT_MS = 2_000;
/** How long `close` waits for sends that are under way, in milliseconds. */
const CLOSE_MS = 5_000;

/**
 * Joins a fleet.
 *
 * @throws InvalidArgumentError. What the engine finds wrong is told by `ready`, by every call, and by an `error` event.
 */
export function createDeliveryFleet(options: DeliveryFleetOptions): DeliveryFleet {
  return new Fleet(readFleetOptions(options));
}

class Fleet implements DeliveryFleet {
  readonly #settings: FleetSettings;
  readonly #emitter = new EventEmitter<FleetEvents>();
  readonly #clock = new EngineClock();
  readonly #counters = new FleetCounters();
  readonly #holders = new Map<number, ShardHolder>();
  readonly #consumers = new Set<Consumer>();
  readonly #ended = new AbortController();
  readonly #permits: SharedPermits;
  readonly #caller: Caller;
  readonly #handover: Handover;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #name: string;
  readonly ready: Promise<void>;
  #competition: LeaseCompetition | undefined;
  #inspection: FleetInspection | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: FleetSettings) {
    this.#settings = settings;
    const { engine, tracker } = settings;
    this.#name = settings.name ?? `process-${newId().slice(0, 8)}`;
    const onError = (error: Error): void => this.#onError(error);
    this.#permits = new SharedPermits({
      permits: engine.permits,
      rate: tracker.rateLimit,
      random: Math.random,
      ended: this.#ended.signal,
      onError,
    });
    const ports = { engine, settings, clock: this.#clock, permits: this.#permits, onError };
    this.#caller = new Caller(ports);
    this.#counters.add(this.#caller.tracker);
    this.#handover = new Handover({ ...ports, caller: this.#caller });
    this.ready = this.#open();
    // The error is told by an event; who waits for `ready` gets it as well.
    this.ready.catch(onError);
  }

  async send(chimeBearer: string, input: SendInput, options?: Omit<SendOptions, 'signal'>): Promise<Accepted> {
    await this.#isOpen();
    return { id: await this.#handover.send(chimeBearer, input, options) };
  }

  async update(chimeBearer: string, input: UpdateInput, options?: Omit<SendOptions, 'signal'>): Promise<Accepted> {
    await this.#isOpen();
    return { id: await this.#handover.update(chimeBearer, input, options) };
  }

  async retry(chimeBearer: string, id: string): Promise<Accepted> {
    await this.#isOpen();
    return { id: await this.#handover.retry(chimeBearer, id) };
  }

  async track(message: Trackable & { readonly chimeBearer: string }): Promise<Accepted> {
    await this.#isOpen();
    return { id: await this.#handover.track(message) };
  }

  async pushed(event: FleetEvent, { chimeBearer }: { chimeBearer?: string | undefined } = {}): Promise<void> {
    const parsed = parsePushed(event, chimeBearer);
    await this.#isOpen();
    if (parsed === undefined) return;
    const { bearer } = parsed;
    const { engine, shards } = this.#settings;
    // An event without a sender may be about any delivery.
    const places = bearer === undefined ? [...Array(shards).keys()] : [this.#handover.shardOf(bearer)];
    const word = { kind: 'pushed', event: encodePushed(parsed) } as const;
    await Promise.all(places.map((shard) => engine.inbox.add(shard, word)));
  }

  outcomes(group: string, handler: OutcomeHandler, options: OutcomeOptions = {}): OutcomeConsumer {
    if (this.#closing !== undefined) throw new FleetClosedError();
    expectGroup(group);
    expectFunction('handler', handler);
    const { engine } = this.#settings;
    const consumer = new Consumer({
      outcomes: engine.outcomes,
      ready: this.ready,
      group,
      name: `${this.#name}-${newId().slice(0, 8)}`,
      handler,
      options: readOutcomeOptions(options),
      random: Math.random,
      onError: (error) => this.#onError(error),
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  async deadLetters(
    group: string,
    { count = 100 }: { count?: number | undefined } = {},
  ): Promise<readonly DeadLetter[]> {
    expectGroup(group);
    await this.#isOpen();
    return this.#settings.engine.outcomes.dead(group, count);
  }

  async replay(group: string, keys?: readonly string[]): Promise<number> {
    expectGroup(group);
    await this.#isOpen();
    return this.#settings.engine.outcomes.replay(group, keys ?? 'all');
  }

  async get(chimeBearer: string, id: string): Promise<DeliveryState | undefined> {
    await this.#isOpen();
    const record = await this.#handover.recordOf(chimeBearer, id);
    return record === undefined ? this.#handover.outcomeOf(chimeBearer, id) : pendingState(id, record);
  }

  get stats(): FleetStats {
    const holders = [...this.#holders.values()];
    const oldest = Math.min(...holders.map((holder) => holder.oldestAt ?? Infinity));
    return {
      held: holders.length,
      pending: holders.reduce((sum, { pending }) => sum + pending, 0),
      oldestPendingMs: oldest === Infinity ? 0 : Math.max(0, this.#clock.now() - oldest),
      ...this.#counters.totals,
      fleet: this.#inspection,
    };
  }

  async inspect(): Promise<FleetInspection> {
    await this.#isOpen();
    return this.#settings.engine.inspect();
  }

  on<E extends keyof FleetEvents>(event: E, listener: FleetEvents[E]): this {
    expectOneOf('event', ['error'], event);
    expectFunction('listener', listener);
    this.#emitter.on(event, listener);
    return this;
  }

  off<E extends keyof FleetEvents>(event: E, listener: FleetEvents[E]): this {
    this.#emitter.off(event, listener);
    return this;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(): Promise<void> {
    const { engine, role, shards, leaseMs, keepSettledMs } = this.#settings;
    await engine.open({ shards, leaseMs, keepSettledMs });
    await this.#clock.read(engine);
    if (this.#closing !== undefined) return;
    this.#every(SYNC_MS, 'read the clock', () => this.#clock.read(engine));
    if (role === 'client') return;
    this.#every(INSPECT_MS, 'inspect the fleet', async () => {
      this.#inspection = await engine.inspect();
    });
    this.#competition = engine.leases.compete({
      name: this.#name,
      onLease: (lease) => this.#hold(lease),
      oldestOf: (shard) => this.#holders.get(shard)?.oldest,
      onError: (error) => this.#onError(error),
    });
  }

  async #hold(lease: Lease): Promise<void> {
    const { engine } = this.#settings;
    const holder = new ShardHolder(
      {
        engine,
        settings: this.#settings,
        clock: this.#clock,
        permits: this.#permits,
        onTracker: (tracker) => this.#counters.add(tracker),
        onError: (error) => this.#onError(error),
      },
      lease,
    );
    this.#holders.set(lease.shard, holder);
    try {
      await holder.hold();
    } finally {
      if (holder.tracker !== undefined) this.#counters.remove(holder.tracker);
      if (this.#holders.get(lease.shard) === holder) this.#holders.delete(lease.shard);
    }
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.ready.catch(() => undefined);
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await this.#caller.close(CLOSE_MS);
    this.#counters.remove(this.#caller.tracker);
    await this.#competition?.stop();
    this.#ended.abort(new FleetClosedError());
    for (const timer of this.#timers) clearInterval(timer);
    await this.#settings.engine.close();
  }

  async #isOpen(): Promise<void> {
    if (this.#closing !== undefined) throw new FleetClosedError();
    await this.ready;
  }

  #every(ms: number, what: string, work: () => Promise<void>): void {
    let failing = false;
    const run = (): void => {
      work().then(
        () => (failing = false),
        (error: unknown) => {
          if (!failing) this.#onError(new FleetEngineError(what, error));
          failing = true;
        },
      );
    };
    this.#timers.push(setInterval(run, ms));
  }

  #onError(error: Error): void {
    const { logger } = this.#settings;
    logger?.error('chime-delivery: the fleet', error);
    for (const listener of this.#emitter.listeners('error'))
      callSafely(
        () => listener(error),
        (thrown) => logger?.error('chime-delivery: a listener of the fleet threw', thrown),
      );
  }
}

function expectGroup(group: string): void {
  if (typeof group !== 'string' || !/^[-_.a-zA-Z0-9]{1,64}$/.test(group))
    throw new InvalidArgumentError('group', '1 to 64 characters of A-Z, a-z, 0-9, -, _ and .', group);
}

function readOutcomeOptions(options: OutcomeOptions): Required<{ [K in keyof OutcomeOptions]: number }> {
  expectNames('options', expectObject('options', 'an object', options), [
    'concurrency',
    'attempts',
    'backoffMs',
    'timeoutMs',
  ]);
  const { concurrency = 16, attempts = 10, backoffMs = 200, timeoutMs = 30_000 } = options;
  return {
    concurrency: expectNumber('concurrency', concurrency, { min: 1, integer: true }),
    attempts: expectNumber('attempts', attempts, { min: 1, integer: true }),
    backoffMs: expectNumber('backoffMs', backoffMs, { min: 0, unit: 'milliseconds' }),
    timeoutMs: expectNumber('timeoutMs', timeoutMs, { min: 0, above: true, unit: 'milliseconds' }),
  };
}
