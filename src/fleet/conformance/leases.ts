/** The cases of conformance: the shards and their holders. */
import type { Lease, OldestDelivery } from '../engine.ts';
import { FLEET, same, until, type Case } from './case.ts';

export const leasesCases: Readonly<Record<string, Case>> = {
  'each shard is held once, the shards are shared evenly, and a process that leaves hands its own back': async (
    engine,
    other,
  ) => {
    const [one, two] = [new Holder('one'), new Holder('two')];
    const first = engine.leases.compete(one);
    await until(() => one.held.size === FLEET.shards);
    const second = other.leases.compete(two);
    try {
      await until(() => one.held.size === FLEET.shards / 2 && two.held.size === FLEET.shards / 2);
      same(
        [...one.held, ...two.held].toSorted((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7],
      );
      await until(async () =>
        (await engine.inspect()).shards.every(
          ({ shard, holder, unownedMs, oldest }) =>
            holder !== undefined && unownedMs === 0 && oldest?.id === `oldest of ${shard}`,
        ),
      );
    } finally {
      await first.stop();
    }
    same(one.held.size, 0);
    await until(() => two.held.size === FLEET.shards);
    await second.stop();
    same([...one.errors, ...two.errors], []);
  },
};

class Holder {
  readonly held = new Set<number>();
  readonly errors: Error[] = [];
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async onLease({ shard, ended }: Lease): Promise<void> {
    this.held.add(shard);
    if (!ended.aborted) await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }));
    this.held.delete(shard);
  }

  oldestOf(shard: number): OldestDelivery {
    return { id: `oldest of ${shard}`, trackedAt: 1, why: 'It waits.' };
  }

  onError(error: Error): void {
    this.errors.push(error);
  }
}
