// An engine in memory that can forget what it has confirmed last, as a Redis that restarts without its newest writes: it begins again with
// what it had been told before.

import { memoryEngine, type FleetEngine } from 'chime-delivery/fleet';
import type { FleetDescription, InboxWord } from 'chime-delivery/fleet';

interface Write {
  readonly at: number;
  readonly repeat: (engine: FleetEngine) => Promise<unknown>;
}

export class ForgetfulEngine {
  /** When it forgot, and since when. */
  readonly forgotten: { readonly since: number; readonly at: number }[] = [];
  readonly engine: FleetEngine;
  readonly #leases: FleetEngine = memoryEngine();
  #now: FleetEngine = memoryEngine();
  #life = 0;
  readonly #writes: Write[] = [];

  constructor() {
    const log = async <T>(repeat: (engine: FleetEngine) => Promise<T>): Promise<T> => {
      this.#writes.push({ at: Date.now(), repeat });
      return repeat(this.#now);
    };
    this.engine = {
      open: async (fleet: FleetDescription) => {
        await this.#leases.open(fleet);
        return log((engine) => engine.open(fleet));
      },
      now: () => this.#now.now(),
      leases: this.#leases.leases,
      records: {
        put: (shard, id, record) => log(({ records }) => records.put(shard, id, record)),
        update: (shard, id, record) => log(({ records }) => records.update(shard, id, record)),
        settle: (shard, id, outcome) => log(({ records }) => records.settle(shard, id, outcome)),
        get: (shard, id) => this.#now.records.get(shard, id),
        keepLearnt: (shard, text) => log(async ({ records }) => records.keepLearnt?.(shard, text)),
        learnt: async (shard) => this.#now.records.learnt?.(shard),
        read: (shard) => this.#now.records.read(shard),
      },
      inbox: {
        claim: (shard) => log(({ inbox }) => inbox.claim(shard)),
        add: (shard, word: Exclude<InboxWord, { kind: 'new' }>) => log(({ inbox }) => inbox.add(shard, word)),
        read: (shard, after, signal) => this.#read(shard, after, signal),
        trim: (shard, position, term) => this.#now.inbox.trim(shard, this.#own(position) ?? '', term),
      },
      outcomes: {
        join: (group) => log(({ outcomes }) => outcomes.join(group)),
        take: (...args) => this.#now.outcomes.take(...args),
        touch: (...args) => this.#now.outcomes.touch(...args),
        done: (...args) => this.#now.outcomes.done(...args),
        bury: (...args) => this.#now.outcomes.bury(...args),
        dead: (...args) => this.#now.outcomes.dead(...args),
        replay: (...args) => this.#now.outcomes.replay(...args),
      },
      permits: {
        take: (...args) => this.#now.permits.take(...args),
        refund: (...args) => this.#now.permits.refund(...args),
        pause: (...args) => this.#now.permits.pause(...args),
      },
      inspect: () => this.#leases.inspect(),
      close: () => Promise.resolve(),
    };
  }

  /** Everything that it was told in the last `ms` is gone, and so is who waits for what. */
  async forget(ms: number): Promise<void> {
    const since = Date.now() - ms;
    this.forgotten.push({ since, at: Date.now() });
    const next = memoryEngine();
    const kept = this.#writes.filter(({ at }) => at <= since);
    this.#writes.splice(0, this.#writes.length, ...kept);
    this.#now = next;
    this.#life += 1;
    for (const { repeat } of kept) await repeat(next);
  }

  /** The position in the engine of now; undefined if it is of an earlier one. */
  #own(position: string): string | undefined {
    const [life, own = ''] = position === '' ? [this.#life, ''] : position.split('/');
    return Number(life) === this.#life ? own : undefined;
  }

  async #read(shard: number, after: string, signal: AbortSignal): ReturnType<FleetEngine['inbox']['read']> {
    const life = this.#life;
    const own = this.#own(after);
    const { entries, missed } = await this.#now.inbox.read(shard, own ?? '', signal);
    // It has forgotten, before the read or while it waited: what was read before is not what is true now.
    if (life !== this.#life) return { entries: [], missed: true };
    return {
      entries: entries.map(({ position, word }) => ({ position: `${life}/${position}`, word })),
      missed: missed || own === undefined,
    };
  }
}
