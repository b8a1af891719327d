// Kills, pauses and ends the workers of a fleet, and its Redis, again and again, while messages are handed over. Then it lets the fleet
// finish, and compares what the consumers were told with what the service knows.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { faults, startChimeEmulator, type ChimeEmulator } from 'chime-delivery/emulator';
import { createDeliveryFleet, type DeliveryFleet, type FleetInspection } from 'chime-delivery/fleet';
import { redisEngine } from 'chime-delivery/fleet/redis';
import { build } from 'esbuild';

import { RedisServer } from '../../../examples/support/redis-server.ts';
import { RedisLink } from './redis-link.ts';
import type { WorkerOrders } from './worker.ts';

export interface FleetKillOptions {
  /** SIGKILL to a worker, which is replaced. */
  readonly kills: number;
  /** SIGSTOP to a worker for longer than its lease, then SIGCONT. */
  readonly pauses?: number;
  /** SIGTERM to a worker, which is replaced. */
  readonly ends?: number;
  /** SIGKILL to Redis, which is started again on its data. */
  readonly redisKills?: number;
  /** The network holds what a worker sends to Redis for longer than its lease, and delivers it then. */
  readonly stalls?: number;
  /** The connections of a worker to Redis end, and the last answers are lost. */
  readonly cuts?: number;
  readonly workers?: number;
  readonly bearers?: number;
  readonly shards?: number;
  /** Leaves out one of the two fences, to show that the test finds it. */
  readonly without?: 'update' | 'settle' | undefined;
  /** Another checkout of this repository: every second worker runs its version, as in a rolling deployment. */
  readonly other?: string | undefined;
  readonly random?: () => number;
  readonly onEvent?: (line: string) => void;
}

export interface FleetKillReport {
  readonly handedOver: number;
  /** Handed over, and without an outcome. */
  readonly lost: readonly string[];
  /** More than one outcome in the stream. */
  readonly toldTwice: readonly string[];
  /** An outcome that the service does not know. */
  readonly untrue: readonly string[];
  /** More than one message at the service. */
  readonly duplicated: readonly string[];
  readonly throttled: number;
  /** Most requests of one bearer in a second. */
  readonly busiestSecond: number;
  /** For how long shards had no holder after a worker was killed, paused or ended, in milliseconds, sorted. */
  readonly takeOvers: {
    readonly kill: readonly number[];
    readonly pause: readonly number[];
    readonly end: readonly number[];
    readonly stall: readonly number[];
  };
  /** The longest time without a holder of any shard. */
  readonly longestUnowned: number;
}

/** The service takes this long for an answer, so that requests are under way whenever a process or the network fails. */
const ANSWER_MS = 150;
const PAUSE_MS = 4_000;
const SENDS_MS = 15;
const LEASE_MS = 2_000;

interface Order {
  readonly id: string;
  readonly outcome: string;
}

export async function killFleet(options: FleetKillOptions): Promise<FleetKillReport> {
  const { kills, pauses = 0, ends = 0, redisKills = 0, stalls = 0, cuts = 0 } = options;
  const { workers = 3, bearers = 50, shards = 32 } = options;
  const { without, other, random = Math.random, onEvent = () => undefined } = options;
  const directory = await mkdtemp(join(tmpdir(), 'chime-delivery-fleet-'));
  const redis = await RedisServer.start();
  const emulator = await startChimeEmulator({
    flow: ({ content }) => {
      const [outcome, afterMs] = content.split(' ');
      return { outcome: outcome as 'SENT', afterMs: Number(afterMs) };
    },
  });
  emulator.fault(faults.slow(ANSWER_MS));
  const children = new Set<Worker>();
  try {
    const own = await bundle(join(directory, 'own.mjs'), process.cwd());
    const others = other === undefined ? own : await bundle(join(directory, 'other.mjs'), resolve(other));
    const orders = { url: emulator.url, region: emulator.region, shards, without };
    let started = 0;
    const start = async (): Promise<Worker> => {
      const link = await RedisLink.to(redis.port);
      started += 1;
      const file = started % 2 === 0 ? others : own;
      const worker = new Worker(file, { ...orders, redis: link.url, name: `worker-${started}` }, link);
      children.add(worker);
      await worker.ready;
      return worker;
    };
    let living = await Promise.all(Array.from({ length: workers + 1 }, start));
    const fleet = sendingFleet(emulator, redis.url, shards);
    const told = new Map<string, string[]>();
    fleet.outcomes('killer', (state) => {
      told.set(state.id, [...(told.get(state.id) ?? []), state.status]);
    });
    // A channel takes 30 sends a second (documented), from all its members together.
    const channels = Array.from({ length: 10 }, () => emulator.createChannel());
    const handedOver: Order[] = [];
    const sending = new AbortController();
    const watch = new OwnershipWatch(fleet);
    const sends = sendUntil(sending.signal, fleet, emulator, channels, bearers, random, handedOver);
    const deeds = shuffled(
      [
        ...Array<'kill'>(kills).fill('kill'),
        ...Array<'pause'>(pauses).fill('pause'),
        ...Array<'end'>(ends).fill('end'),
        ...Array<'redis'>(redisKills).fill('redis'),
        ...Array<'stall'>(stalls).fill('stall'),
        ...Array<'cut'>(cuts).fill('cut'),
      ],
      random,
    );
    await watch.allOwned();
    for (const [index, deed] of deeds.entries()) {
      const victim = living[Math.floor(random() * living.length)];
      if (victim === undefined) break;
      onEvent(`${index + 1} of ${deeds.length}: ${deed} ${deed === 'redis' ? '' : victim.name}`);
      if (deed === 'redis') {
        await redis.kill();
        await new Promise((resolve) => setTimeout(resolve, 500 + random() * 1_000));
        await redis.start();
        await watch.allOwned();
        continue;
      }
      const held = watch.heldBy(victim.name);
      if (deed === 'pause') {
        victim.signal('SIGSTOP');
        await watch.taken('pause', held, victim.name);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE_MS - LEASE_MS)));
        victim.signal('SIGCONT');
      } else if (deed === 'stall') {
        victim.link.stall();
        await watch.taken('stall', held, victim.name);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE_MS - LEASE_MS)));
        victim.link.release();
      } else if (deed === 'cut') {
        await victim.link.cut();
      } else {
        const next = await start();
        living = [...living.filter((each) => each !== victim), next];
        victim.signal(deed === 'kill' ? 'SIGKILL' : 'SIGTERM');
        await watch.taken(deed, held, victim.name);
      }
      await watch.allOwned();
    }
    sending.abort();
    await sends;
    onEvent(`${handedOver.length} messages were handed over; waiting for the last outcomes`);
    await untilTold(handedOver, told);
    // A record that was brought back after its outcome is told again by the next holder.
    const next = await start();
    for (const each of living) each.signal('SIGTERM');
    await watch.allSettledBy(next.name);
    await fleet.close();
    watch.close();
    return { ...compare(emulator, handedOver, told), takeOvers: watch.takeOvers, longestUnowned: watch.longest };
  } finally {
    await Promise.all([...children].map((each) => each.gone('SIGKILL')));
    await emulator.close();
    await redis.stop();
    await rm(directory, { recursive: true });
  }
}

function sendingFleet(emulator: ChimeEmulator, redis: string, shards: number): DeliveryFleet {
  const client = new ChimeSDKMessagingClient({
    region: emulator.region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const fleet = createDeliveryFleet({
    engine: redisEngine({ connection: redis, name: 'killed' }),
    clientFor: () => client,
    role: 'client',
    shards,
    send: { persistContent: true },
  });
  // Redis is killed: the fleet says so.
  fleet.on('error', () => undefined);
  return fleet;
}

async function sendUntil(
  signal: AbortSignal,
  fleet: DeliveryFleet,
  emulator: ChimeEmulator,
  channels: readonly string[],
  bearers: number,
  random: () => number,
  handedOver: Order[],
): Promise<void> {
  for (let i = 0; !signal.aborted; i += 1) {
    const [outcome = 'SENT', afterMs = 0] =
      [
        ['SENT', 0],
        ['SENT', 600],
        ['DENIED', 300],
        ['FAILED', 200],
      ][i % 4] ?? [];
    const bearer = emulator.userArn(`bot-${Math.floor(random() * bearers)}`);
    try {
      const { id } = await fleet.send(bearer, {
        ChannelArn: channels[i % channels.length],
        Content: `${outcome} ${afterMs} ${i}`,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
      });
      handedOver.push({ id, outcome: String(outcome) });
    } catch {
      // Redis is away: this message was not taken over, and the app knows.
    }
    await new Promise((resolve) => setTimeout(resolve, SENDS_MS));
  }
}

async function untilTold(handedOver: readonly Order[], told: ReadonlyMap<string, unknown>): Promise<void> {
  const end = performance.now() + 90_000;
  while (handedOver.some(({ id }) => !told.has(id)) && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
}

function compare(
  emulator: ChimeEmulator,
  handedOver: readonly Order[],
  told: ReadonlyMap<string, readonly string[]>,
): Omit<FleetKillReport, 'takeOvers' | 'longestUnowned'> {
  const atService = new Map<string, number>();
  for (const { token } of emulator.messages) atService.set(token, (atService.get(token) ?? 0) + 1);
  const requests = emulator.log;
  return {
    handedOver: handedOver.length,
    lost: handedOver.filter(({ id }) => !told.has(id)).map(({ id }) => id),
    toldTwice: [...told].filter(([, statuses]) => statuses.length > 1).map(([id]) => id),
    untrue: handedOver
      .filter(({ id, outcome }) => (told.get(id) ?? []).some((status) => status !== outcome))
      .map(({ id, outcome }) => `${id}: ${outcome}, told ${(told.get(id) ?? []).join(', ')}`),
    duplicated: [...atService].filter(([, count]) => count > 1).map(([token]) => token),
    throttled: requests.filter(({ status }) => status === 429).length,
    busiestSecond: Math.max(
      0,
      ...[...new Set(requests.map(({ bearer }) => bearer))].map((bearer) => emulator.maxInSlidingSecond(bearer)),
    ),
  };
}

/** Inspects all the time which process holds which shard. */
class OwnershipWatch {
  readonly takeOvers = { kill: [] as number[], pause: [] as number[], end: [] as number[], stall: [] as number[] };
  longest = 0;
  readonly #timer: ReturnType<typeof setInterval>;
  #last: FleetInspection | undefined;

  constructor(fleet: DeliveryFleet) {
    this.#timer = setInterval(() => {
      fleet.inspect().then(
        (inspection) => {
          this.#last = inspection;
          this.longest = Math.max(this.longest, ...inspection.shards.map(({ unownedMs }) => unownedMs));
        },
        // Redis is away: then no holder can be seen.
        () => (this.#last = undefined),
      );
    }, 50);
  }

  heldBy(name: string): number[] {
    return (this.#last?.shards ?? []).filter(({ holder }) => holder === name).map(({ shard }) => shard);
  }

  async allOwned(): Promise<void> {
    await this.#until((inspection) => inspection.shards.every(({ holder }) => holder !== undefined));
  }

  /** Until this worker holds all shards and nothing is pending in them. */
  async allSettledBy(name: string): Promise<void> {
    await this.#until(({ shards }) => shards.every(({ holder, pending }) => holder === name && pending === 0));
    // The consumer gets the last outcomes now.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }

  /** Until each of these shards has another holder. */
  async taken(deed: keyof OwnershipWatch['takeOvers'], shards: readonly number[], from: string): Promise<void> {
    const begun = performance.now();
    for (const shard of shards) {
      await this.#until(({ shards: all }) => {
        const holder = all[shard]?.holder;
        return holder !== undefined && holder !== from;
      });
      this.takeOvers[deed].push(performance.now() - begun);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const times of Object.values(this.takeOvers)) times.sort((a, b) => a - b);
  }

  async #until(isSo: (inspection: FleetInspection) => boolean): Promise<void> {
    const end = performance.now() + 60_000;
    while (this.#last === undefined || !isSo(this.#last)) {
      if (performance.now() > end) throw new Error('For a minute, a shard has had no holder or an open delivery.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

class Worker {
  readonly name: string;
  readonly ready: Promise<void>;
  readonly link: RedisLink;
  readonly #child: ChildProcess;

  constructor(file: string, orders: WorkerOrders, link: RedisLink) {
    this.name = orders.name;
    this.link = link;
    this.#child = spawn(process.execPath, [file, JSON.stringify(orders)], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ready = new Promise((resolve, reject) => {
      this.#child.once('exit', (code) => reject(new Error(`${orders.name} ended with ${String(code)}`)));
      if (this.#child.stdout === null) return reject(new Error('A worker has no output.'));
      createInterface(this.#child.stdout).on('line', (line) => {
        if (line === 'ready') resolve();
      });
    });
    this.ready.catch(() => undefined);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async gone(signal: NodeJS.Signals): Promise<void> {
    this.link.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

/** One file, so that it starts fast. */
async function bundle(outfile: string, checkout: string): Promise<string> {
  await build({
    absWorkingDir: checkout,
    entryPoints: [join(checkout, 'test/kill/fleet/worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['chime-delivery/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}
