// Processes of one fleet on one memory engine, in fake time. A process can be paused (nothing of it runs, and it resumes as it was),
// killed, or closed; its engine can be slow, or down. All processes share one scripted service.

import { AsyncLocalStorage } from 'node:async_hooks';

import { beforeEach } from '@jest/globals';
import type { MessagingClient } from 'chime-delivery';
import { createDeliveryFleet, memoryEngine } from 'chime-delivery/fleet';
import type {
  DeliveryFleet,
  DeliveryFleetOptions,
  FleetEngine,
  Lease,
  LeaseHolder,
  Outcome,
  StoredRecord,
} from 'chime-delivery/fleet';

import { replies, ScriptedService } from './scripted-service.ts';
import { closeAtEnd, pass } from './tracker-kit.ts';

/** Milliseconds until a process knows that its lease has ended: an answer of the engine on its way. */
const LEARNT_AFTER_MS = 30;

type Life = 'live' | 'paused' | 'dead';

/** The process whose code runs, also after an await: its timers stop with it. */
const running = new AsyncLocalStorage<FleetProcess>();
/** What the clock of the running process shows beyond the time, in milliseconds. The engine has a clock of its own. */
const clockError = new AsyncLocalStorage<number>();

export class FleetProcess {
  life: Life = 'live';
  /** Its engine rejects every call. */
  engineIsDown = false;
  engineLatencyMs = 0;
  /** Its credentials are expired. */
  expired = false;
  /** What its clock shows beyond the time, in milliseconds. */
  readonly clockError: number;
  readonly fleet: DeliveryFleet;
  readonly errors: Error[] = [];
  /** All that it has ever set. */
  readonly timers: ReturnType<typeof setTimeout>[] = [];
  /** When its requests reached the service. */
  readonly times: number[] = [];
  /** What waits for it while it is paused. */
  readonly #inbox: (() => void)[] = [];

  constructor(service: ScriptedService, engine: FleetEngine, options: Partial<DeliveryFleetOptions>, clockError = 0) {
    this.clockError = clockError;
    const create = (): DeliveryFleet =>
      createDeliveryFleet({ engine: this.#own(engine), clientFor: () => this.#client(service), shards: 8, ...options });
    this.fleet = this.#enter(create);
    this.fleet.on('error', (error) => this.errors.push(error));
  }

  /** What the app calls in this process. */
  call<T>(work: (fleet: DeliveryFleet) => T): T {
    return this.#enter(() => work(this.fleet));
  }

  #enter<T>(work: () => T): T {
    return running.run(this, () => clockError.run(this.clockError, work));
  }

  run(act: () => void): void {
    if (this.life === 'live') this.#enter(act);
    else if (this.life === 'paused') this.#inbox.push(act);
  }

  pause(): void {
    this.life = 'paused';
  }

  resume(): void {
    this.life = 'live';
    for (const act of this.#inbox.splice(0)) this.run(act);
  }

  kill(): void {
    this.life = 'dead';
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** A promise that this process waits for: it learns of the end only while it runs. */
  #awaited<T>(start: () => Promise<T>): Promise<T> {
    if (this.life === 'dead') return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      start().then(
        (value) => this.run(() => resolve(value)),
        (error: unknown) => this.run(() => reject(error)),
      );
    });
  }

  #client(service: ScriptedService): MessagingClient {
    return {
      send: (command: object, more) => {
        if (this.expired) return Promise.reject(replies.expiredToken().error);
        const before = service.calls.length;
        return this.#awaited(() => {
          const answer = outside(() => service.client.send(command, more) as Promise<unknown>);
          const call = service.calls[before];
          if (call !== undefined) this.times.push(call.at);
          return answer;
        });
      },
    };
  }

  /** The engine as this process reaches it. */
  #own(engine: FleetEngine): FleetEngine {
    const part = <T extends object>(of: T): T =>
      new Proxy(of, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name, target);
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) => this.#call(() => method.apply(target, args) as Promise<unknown>);
        },
      });
    return {
      open: (fleet) => outside(() => engine.open(fleet)),
      now: () => outside(() => engine.now()),
      inspect: () => outside(() => engine.inspect()),
      close: () => outside(() => engine.close()),
      inbox: part(engine.inbox),
      outcomes: part(engine.outcomes),
      permits: part(engine.permits),
      records: { ...part(engine.records), ...this.#records(engine, part) },
      leases: {
        compete: (holder: LeaseHolder) =>
          clockError.exit(() =>
            engine.leases.compete({
              ...holder,
              onLease: (lease) =>
                new Promise((resolve) => this.run(() => void holder.onLease(this.#learnt(lease)).then(resolve))),
            }),
          ),
      },
    };
  }

  /** The lease as this process knows it: it learns of the end by an answer, which takes a moment. */
  #learnt({ shard, ended }: Lease): Lease {
    const learnt = new AbortController();
    const learn = (): void => this.run(() => void setTimeout(() => learnt.abort(), LEARNT_AFTER_MS));
    if (ended.aborted) learn();
    else ended.addEventListener('abort', learn, { once: true });
    return { shard, ended: learnt.signal };
  }

  #records(engine: FleetEngine, part: (of: FleetEngine['records']) => FleetEngine['records']): FleetEngine['records'] {
    const { records } = engine;
    const own = part(records);
    return {
      put: (...args) => own.put(...args),
      update: (...args) => own.update(...args),
      settle: (...args) => own.settle(...args),
      get: (...args) => own.get(...args),
      keepLearnt: (...args) => own.keepLearnt?.(...args) ?? Promise.resolve(),
      learnt: (...args) => own.learnt?.(...args) ?? Promise.resolve(undefined),
      read: (shard) => {
        const call = <T>(work: () => Promise<T>): Promise<T> => this.#call(work) as Promise<T>;
        return (async function* read() {
          const batches: (readonly (readonly [string, StoredRecord])[])[] = [];
          for await (const batch of records.read(shard)) batches.push(batch);
          for (const batch of batches) yield await call(() => Promise.resolve(batch));
        })();
      },
    };
  }

  async #call(work: () => Promise<unknown>): Promise<unknown> {
    if (this.engineLatencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.engineLatencyMs));
    if (this.engineIsDown) throw new Error('The engine is down.');
    return this.#awaited(() => outside(work));
  }
}

export class FleetKit {
  readonly service: ScriptedService = new ScriptedService();
  readonly engine: FleetEngine;
  readonly processes: FleetProcess[] = [];
  /** Outcomes as the consumer of `listen` got them. */
  readonly told: Outcome[] = [];

  constructor(engine: FleetEngine) {
    this.engine = engine;
  }

  start(options: Partial<DeliveryFleetOptions> = {}, clockError = 0): FleetProcess {
    const started = new FleetProcess(this.service, this.engine, options, clockError);
    this.processes.push(started);
    return started;
  }

  listen(by: FleetProcess, group = 'app'): void {
    by.call((fleet) => fleet.outcomes(group, (outcome) => void this.told.push(outcome)));
  }

  /** The statuses that were told of a delivery. */
  toldOf(id: string): string[] {
    return this.told.filter((outcome) => outcome.id === id).map(({ status }) => status);
  }
}

export function startFleet(engine: FleetEngine = memoryEngine()): FleetKit {
  const kit = new FleetKit(engine);
  closeAtEnd(() => closeAll(kit));
  return kit;
}

/** An engine in memory without one of its fences; for fleets with `keepSettledMs: 0`. */
export function unfencedEngine(without: 'update' | 'settle'): FleetEngine {
  const engine = memoryEngine();
  const { records } = engine;
  const settle = records.settle.bind(records);
  const update = records.update.bind(records);
  if (without === 'update')
    records.update = async (shard, id, record) => (await update(shard, id, record)) || records.put(shard, id, record);
  else
    records.settle = async (shard, id, outcome) => {
      if (await settle(shard, id, outcome)) return true;
      await records.put(shard, id, { names: [], text: '' });
      return settle(shard, id, outcome);
    };
  return engine;
}

async function closeAll({ processes }: FleetKit): Promise<void> {
  for (const each of processes) {
    each.engineIsDown = false;
    each.engineLatencyMs = 0;
    if (each.life === 'paused') each.resume();
  }
  let left = 100;
  const living = processes.filter(({ life }) => life === 'live');
  const closing = Promise.all(living.map(({ fleet }) => fleet.close())).then(() => (left = 0));
  for (; left > 0; left -= 1) await pass(100);
  await closing;
}

/** What is not of the running process: the service, and the engine. */
function outside<T>(work: () => T): T {
  return running.exit(() => clockError.exit(work));
}

beforeEach(() => tieTimers());

/**
 * Timers of a paused process fire when it resumes; those of a dead one do not; its clock may be wrong. The end of the fake time removes
 * this.
 */
function tieTimers(): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + (clockError.getStore() ?? 0);
  const { setTimeout: set, setInterval: repeat } = globalThis;
  const tie = (create: typeof set | typeof repeat) => (act: () => void, ms?: number) => {
    const process = running.getStore();
    if (process === undefined) return create(act, ms);
    if (process.life === 'dead') return set(() => undefined, 0);
    const error = clockError.getStore() ?? 0;
    const timer = create(() => process.run(() => clockError.run(error, act)), ms);
    process.timers.push(timer);
    return timer;
  };
  Object.assign(globalThis, { setTimeout: tie(set), setInterval: tie(repeat) });
}
