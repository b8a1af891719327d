/**
 * Gives outcomes to one consumer of a group, at least once each: an outcome counts as done when the consumer's promise has resolved.
 * A consumer that fails gets it again, ever later; after its last attempt the outcome is a dead letter.
 */
import type { FleetOutcomes, OutcomeEntry } from './engine.ts';
import { FleetEngineError, OutcomeConsumerError } from './errors.ts';
import { decodeOutcome, type Outcome } from './outcome.ts';
import { onceUntil } from './once-until.ts';
import { pause } from './wait.ts';

export interface OutcomeOptions {
  /** Outcomes that this consumer works on at once. Default 16. */
  concurrency?: number | undefined;
  /** Attempts before an outcome is a dead letter. Default 10. */
  attempts?: number | undefined;
  /** Milliseconds before the second attempt; each next one waits twice as long, at most a minute. Default 200. */
  backoffMs?: number | undefined;
  /**
   * How long an attempt may take; then it counts as failed, though it goes on: pass `context.signal` to what can be called off.
   * Default 30 000.
   */
  timeoutMs?: number | undefined;
}

/** What a consumer is told beside the outcome. */
export interface OutcomeContext {
  /** Counts from 1. Above 1 the consumer may have done its work already: deduplicate by the `id` of the outcome. */
  readonly attempt: number;
  /** Aborted when the attempt has taken too long, and when the consumer closes. */
  readonly signal: AbortSignal;
}

export type OutcomeHandler = (outcome: Outcome, context: OutcomeContext) => unknown;

export interface OutcomeConsumer {
  readonly group: string;
  /** Takes no more outcomes, and resolves when those under way are done, at most after one attempt. */
  close(): Promise<void>;
}

export interface ConsumerPorts {
  readonly outcomes: FleetOutcomes;
  /** Resolves when the engine is open. */
  readonly ready: Promise<void>;
  readonly group: string;
  /** The name of this consumer in its group. */
  readonly name: string;
  readonly handler: OutcomeHandler;
  readonly options: Required<{ [K in keyof OutcomeOptions]: number }>;
  readonly random: () => number;
  readonly onError: (error: Error) => void;
}

const MAX_BACKOFF_MS = 60_000;
/** Milliseconds until the engine is asked again after it has failed. */
const RETRY_MS = 500;
/** An outcome whose consumer has not said for this long that it still works on it is given to another, in milliseconds. */
const VISIBILITY_MS = 10_000;
const TOUCH_MS = VISIBILITY_MS / 4;

export class Consumer implements OutcomeConsumer {
  readonly #ports: ConsumerPorts;
  readonly #closing = new AbortController();
  readonly #open = new Map<string, Promise<void>>();
  readonly #loop: Promise<void>;
  readonly #touch: ReturnType<typeof setInterval>;
  readonly #report: (error: Error | undefined) => void;

  constructor(ports: ConsumerPorts) {
    this.#ports = ports;
    this.#report = onceUntil(ports.onError);
    this.#touch = setInterval(() => this.#touchAll(), TOUCH_MS);
    this.#loop = this.#run();
  }

  get group(): string {
    return this.#ports.group;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
    await Promise.allSettled(this.#open.values());
    clearInterval(this.#touch);
  }

  async #run(): Promise<void> {
    const { outcomes, ready, group, name, options } = this.#ports;
    const { signal } = this.#closing;
    // What the engine finds wrong is told by the fleet.
    if (
      !(await ready.then(
        () => true,
        () => false,
      ))
    )
      return;
    await this.#untilDone(() => outcomes.join(group));
    while (!signal.aborted) {
      const count = options.concurrency - this.#open.size;
      if (count <= 0) {
        await Promise.race(this.#open.values());
        continue;
      }
      try {
        for (const entry of await outcomes.take(group, name, { count, visibilityMs: VISIBILITY_MS, signal }))
          this.#begin(entry);
        this.#report(undefined);
      } catch (error) {
        if (signal.aborted) return;
        this.#report(new FleetEngineError('read outcomes', error));
        await pause(RETRY_MS, signal);
      }
    }
  }

  #begin(entry: OutcomeEntry): void {
    // This consumer was so slow to say that it still works on it that it gets it once more.
    if (this.#open.has(entry.key)) return;
    const work = this.#consume(entry).finally(() => this.#open.delete(entry.key));
    this.#open.set(entry.key, work);
  }

  async #consume(entry: OutcomeEntry): Promise<void> {
    const { outcomes, group, options, random, onError } = this.#ports;
    const { signal } = this.#closing;
    const outcome = decodeOutcome(entry.outcome);
    if (outcome === undefined) return this.#bury(entry, new Error('The outcome cannot be read.'), entry.outcome);
    for (let attempt = entry.deliveries; ; attempt += 1) {
      try {
        await this.#attempt(outcome, attempt);
        return await this.#untilDone(() => outcomes.done(group, [entry.key]));
      } catch (error) {
        // Another consumer, or this one when it is back, begins again.
        if (signal.aborted) return;
        if (attempt >= options.attempts) {
          onError(new OutcomeConsumerError(group, outcome.id, attempt, error));
          return this.#bury(entry, error, outcome.id);
        }
        const delay = Math.min(MAX_BACKOFF_MS, options.backoffMs * 2 ** (attempt - 1));
        await pause(delay * (1 + random() / 4), signal);
        if (signal.aborted) return;
      }
    }
  }

  async #attempt(outcome: Outcome, attempt: number): Promise<void> {
    const { handler, options } = this.#ports;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#closing.signal]);
    const timeout = pause(options.timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted) throw new Error(`The consumer took longer than ${options.timeoutMs} ms.`);
    });
    try {
      await Promise.race([Promise.resolve().then(() => handler(outcome, { attempt, signal })), timeout]);
    } finally {
      over.abort();
    }
  }

  #bury(entry: OutcomeEntry, error: unknown, about: string): Promise<void> {
    const { outcomes, group } = this.#ports;
    const message = error instanceof Error ? error.message : String(error);
    return this.#untilDone(() => outcomes.bury(group, entry, `${message} (${about.slice(0, 100)})`));
  }

  #touchAll(): void {
    const { outcomes, group, name } = this.#ports;
    if (this.#open.size === 0) return;
    outcomes.touch(group, name, [...this.#open.keys()]).then(
      () => this.#report(undefined),
      (error: unknown) => this.#report(new FleetEngineError('keep outcomes', error)),
    );
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await work();
        return this.#report(undefined);
      } catch (error) {
        this.#report(new FleetEngineError('confirm an outcome', error));
        if (this.#closing.signal.aborted) return;
        await pause(RETRY_MS, this.#closing.signal);
      }
    }
  }
}
