/**
 * The processing times that a shard's tracker has learnt. They are kept beside the records, so that the next holder polls as the
 * last one did. An engine that keeps nothing of it loses them at each hand-over.
 */
import { AdaptiveTiming, createLatencyModel } from '../features/adaptive-polling/adaptive-timing.ts';
import type { LatencyModel } from '../features/adaptive-polling/latency-model.ts';
import { asObject, tryRead } from '../shared/unknown-json.ts';
import type { TrackerFeature } from '../tracker/feature.ts';
import type { FleetRecords } from './engine.ts';

/** Of each channel, in a kept text: some 800 bytes. A plan by these is nearly as good as one by all. */
const MAX_KEPT = 50;
/** Between two texts while the shard is held, in milliseconds. */
const KEEP_EVERY_MS = 60_000;
const VERSION = 1;

/** What was read: it may be anything. */
type Kept = readonly (readonly [channel: unknown, observed: readonly (readonly [afterMs: unknown, byMs: unknown])[]])[];

export class LearntSchedule {
  readonly #records: FleetRecords;
  readonly #shard: number;
  readonly #latencies = createLatencyModel();
  /** How many observations the kept text has seen. */
  #keptCount = 0;
  #keptAt = -Infinity;
  #isLoaded = false;

  constructor(records: FleetRecords, shard: number) {
    this.#records = records;
    this.#shard = shard;
  }

  /** Adaptive polling by what is learnt here. */
  get feature(): TrackerFeature {
    return { seams: ['pollTiming'], install: () => ({ pollTiming: new AdaptiveTiming(this.#latencies) }) };
  }

  /** Takes over what an earlier holder has learnt. */
  async load(): Promise<void> {
    if (this.#isLoaded) return;
    const text = await this.#records.learnt?.(this.#shard);
    this.#isLoaded = true;
    if (text !== undefined) learn(this.#latencies, text);
    this.#keptCount = this.#latencies.count;
  }

  /** Keeps what is new, at most once a minute, unless it `isLast`. */
  async keep(now: number, isLast = false): Promise<void> {
    const { count } = this.#latencies;
    if (count === this.#keptCount || (!isLast && now - this.#keptAt < KEEP_EVERY_MS)) return;
    this.#keptAt = now;
    await this.#records.keepLearnt?.(this.#shard, writeLearnt(this.#latencies));
    this.#keptCount = count;
  }
}

export function writeLearnt(latencies: LatencyModel): string {
  const channels = [...latencies.observed()].map(([channel, observed]) => [
    channel,
    observed.slice(-MAX_KEPT).map((ages) => ages.map((age) => Number(age.toPrecision(7)))),
  ]);
  return JSON.stringify({ v: VERSION, channels });
}

/** A text of another version, or a damaged one, teaches nothing. */
export function learn(latencies: LatencyModel, text: string): void {
  tryRead(
    () => undefined,
    () => {
      const { v, channels } = asObject(JSON.parse(text)) ?? {};
      if (v !== VERSION) return;
      for (const [channel, observed] of channels as Kept)
        for (const [afterMs, byMs] of observed) latencies.observe(String(channel), Number(afterMs), Number(byMs));
    },
  );
}
