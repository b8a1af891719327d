// Randomness of one world: several independent streams from one seed, so that a change in how one part draws leaves the
// others unchanged.

import { randomOf } from '../support/seeds.ts';

export class Dice {
  readonly random: () => number;

  constructor(seed: number, stream: string) {
    this.random = randomOf(mix(seed, stream));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  /** A whole number from `min` to `max`, small ones as likely as large ones: each factor of ten has the same share. */
  across(min: number, max: number): number {
    return Math.round(min * (max / min) ** this.random());
  }

  pick<T>(things: readonly [T, ...T[]] | readonly T[]): T {
    return things[Math.floor(this.random() * things.length)] as T;
  }

  /** One of the keys, with the probability of its weight. */
  weigh<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let rest = this.random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      rest -= weight;
      if (rest < 0) return key;
    }
    return (entries.at(-1) as [K, number])[0];
  }
}

/** FNV-1a over both. */
function mix(seed: number, stream: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed}/${stream}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
