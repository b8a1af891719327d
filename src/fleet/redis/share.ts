/** How many shards a worker takes: all have the same number, give or take one. Pure. */
export function shareOf(name: string, living: readonly string[], shards: number): number {
  const workers = living.includes(name) ? living : [...living, name];
  const rank = [...workers].sort().indexOf(name);
  return Math.floor(shards / workers.length) + (rank < shards % workers.length ? 1 : 0);
}
